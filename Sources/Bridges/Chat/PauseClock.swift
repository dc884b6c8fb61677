import MessageBus

/// The clock by which a bridge measures its pauses; a test advances one by hand.
///
/// Safe from any thread.
package struct PauseClock: Sendable {
    /// Returns the time since an arbitrary moment.
    package let now: @Sendable () -> Duration
    /// Returns after a pause; throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    /// Makes one from a clock.
    package init<Time: Clock>(_ clock: Time) where Time.Duration == Duration {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// Returns after a pause, or as soon as something is signalled.
    ///
    /// - Parameter pause: the longest time to wait; `nil` to wait for the signal alone.
    /// - Throws: `CancellationError`.
    package func sleep(_ pause: Duration?, orUntil signal: AsyncSignal) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let pause { group.addTask { [sleep] in try await sleep(pause) } }
            group.addTask { try await signal.wait() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
