import Chat

/// What time it is and how to wait, for pacing and for pauses; a test turns it by hand.
///
/// Safe from any thread.
struct Stopwatch: Sendable {
    /// The time since an arbitrary moment.
    let now: @Sendable () -> Duration
    /// Returns after a while; throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    /// Makes one that goes by a clock.
    init<Time: Clock>(_ clock: Time) where Time.Duration == Duration {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }
}
