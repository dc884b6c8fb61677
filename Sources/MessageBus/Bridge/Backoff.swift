/// The pauses before something that has failed is tried again: each twice as long as the last one,
/// up to a bound, for ever.
///
/// Each pause is random, between half of the step and all of it, so that many that failed together
/// do not return together. Call `reset()` only after success of some duration: otherwise something
/// that works for a moment and fails again would be retried at the initial pace for ever.
///
/// ```swift
/// var backoff = Backoff()
/// while let failure = await attempt() {
///     try await Task.sleep(for: backoff.next())
/// }
/// ```
public struct Backoff: Sendable {
    private let first: Duration
    /// The longest step, and so the longest pause.
    public let longest: Duration
    private var step: Duration

    /// Makes a backoff whose first pause is to come.
    ///
    /// - Parameters:
    ///   - first: the first step; a millisecond at least, or it would never grow.
    ///   - longest: the last step, which is repeated from then on; at least as long as the first
    ///     one.
    public init(from first: Duration = .seconds(1), to longest: Duration = .seconds(60)) {
        self.first = max(first, .milliseconds(1))
        self.longest = max(longest, self.first)
        step = self.first
    }

    /// Returns the next pause: between half of the step and all of it.
    public mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    /// Returns the next pause, chosen by a given random generator.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        // Not doubled beyond what a Duration holds.
        defer { step = step > longest / 2 ? longest : step * 2 }
        return step * Double.random(in: 0.5...1, using: &random)
    }

    /// Goes back to the first step, after success.
    public mutating func reset() { step = first }
}
