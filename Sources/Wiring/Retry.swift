/// How long a failed bridge rests before it is run again: 1 s doubling to 60 s, with jitter so that
/// bridges that failed together do not come back together.
struct Retry {
    private static let first = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    private var base = first

    /// The next pause: between half of the step and all of it.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        defer { base = min(base * 2, Self.longest) }
        return base * Double.random(in: 0.5...1, using: &random)
    }

    /// Begins anew, because the bridge has worked.
    mutating func reset() { base = Self.first }
}
