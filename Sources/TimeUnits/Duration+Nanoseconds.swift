extension Duration {
    /// The duration in nanoseconds, the unit in which loops and threads count time.
    ///
    /// At most a quarter of the largest number in either direction, 73 years, so that sums of such
    /// times don't overflow.
    package var inNanoseconds: Int64 {
        let bound = Int64.max / 4
        let (seconds, attoseconds) = components
        let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if isTooLarge { return seconds < 0 ? -bound : bound }
        return min(max(whole, -bound), bound) + attoseconds / 1_000_000_000
    }
}
