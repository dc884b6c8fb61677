/// How long to wait before something that has failed is tried again: twice as long each time, up to
/// a bound, for ever.
///
/// Each pause is at random between half of the step and all of it, so that those who failed together
/// do not come back together. Begin anew only when it has worked for a while: what works for a
/// moment and fails again would otherwise be tried at the first pace for ever.
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

    /// Makes one whose first pause is to come.
    ///
    /// - Parameters:
    ///   - first: the first step; a millisecond at least, or it would never grow.
    ///   - longest: the last step, which all that follow are too; the first one at least.
    public init(from first: Duration = .seconds(1), to longest: Duration = .seconds(60)) {
        self.first = max(first, .milliseconds(1))
        self.longest = max(longest, self.first)
        step = self.first
    }

    /// The next pause: between half of the step and all of it.
    public mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    /// The next pause, by dice of one's own.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        // Not doubled beyond what a Duration holds.
        defer { step = step > longest / 2 ? longest : step * 2 }
        return step * Double.random(in: 0.5...1, using: &random)
    }

    /// Begins anew, because it has worked.
    public mutating func reset() { step = first }
}
