/// What time it is and how to wait, for pacing and for patience; a test turns it by hand.
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

/// How long to wait before something that failed is tried again: doubling, with jitter, for ever.
struct Patience: Sendable {
    private let first: Duration
    private let longest: Duration
    private var step: Duration

    init(from first: Duration = .seconds(1), to longest: Duration = .seconds(60)) {
        self.first = first
        self.longest = longest
        step = first
    }

    /// The next pause: between half of the step and all of it.
    mutating func next() -> Duration {
        defer { step = min(step * 2, longest) }
        return step * Double.random(in: 0.5...1)
    }

    /// Begins anew, because it has worked.
    mutating func reset() { step = first }
}
