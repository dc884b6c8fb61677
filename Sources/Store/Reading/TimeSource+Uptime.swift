import TimeUnits

extension TimeSource {
    /// Returns the reading of the monotonic clock at a moment of the wall clock.
    ///
    /// Negative for a moment before the machine started; only differences matter. 0 for a moment
    /// that is further away than 64 bits of nanoseconds reach.
    func uptime(at moment: Timestamp) -> MonotonicTime {
        let (age, overflows) = (wall() - moment).wholeMilliseconds
            .multipliedReportingOverflow(by: 1_000_000)
        let present = monotonic().nanoseconds
        return MonotonicTime(nanoseconds: overflows ? 0 : present - age)
    }
}
