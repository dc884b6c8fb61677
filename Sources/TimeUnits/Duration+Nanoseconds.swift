extension Duration {
    /// The duration in nanoseconds, the unit in which the kernel counts time.
    ///
    /// At most a quarter of the largest number in either direction, 73 years, so that sums of such
    /// times don't overflow.
    @inlinable package var inNanoseconds: Int64 {
        // Up to nine seconds fit in 64 bits, and a division by a constant is then a multiplication.
        if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000 }
        let bound = Int64.max / 4
        return min(max(Int64(clamping: attoseconds / 1_000_000_000), -bound), bound)
    }

    /// The duration in seconds, as programs that draw or average are told it.
    package var inSeconds: Double { Double(inNanoseconds) / 1e9 }

    /// The whole seconds of the duration, as texts tell them.
    package var wholeSeconds: Int64 { components.seconds }

    /// The whole milliseconds of the duration, in which programs on the network count time.
    ///
    /// At most the largest number in either direction.
    @inlinable package var wholeMilliseconds: Int64 {
        // Up to nine seconds fit in 64 bits, as in `inNanoseconds`.
        if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000_000_000 }
        return Int64(clamping: attoseconds / 1_000_000_000_000_000)
    }

    /// True if its milliseconds do not fit in 64 bits, so that `wholeMilliseconds` is a bound.
    @inlinable package var isBeyondMilliseconds: Bool {
        wholeMilliseconds == .max || wholeMilliseconds == .min
    }
}
