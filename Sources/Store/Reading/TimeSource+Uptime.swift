import TimeUnits

extension TimeSource {
    /// Returns the reading of the monotonic clock at a moment of the wall clock.
    ///
    /// Negative for a moment before the machine started; only differences matter. 0 for a moment
    /// that is further away than 64 bits of nanoseconds reach.
    func uptime(at moment: Timestamp) -> MonotonicTime {
        // Without a `Duration`, whose division costs more: this is called for each stored message.
        let (age, isFar) = wall().milliseconds.subtractingReportingOverflow(moment.milliseconds)
        let (nanoseconds, overflows) = age.multipliedReportingOverflow(by: 1_000_000)
        let present = monotonic().nanoseconds
        return MonotonicTime(nanoseconds: isFar || overflows ? 0 : present - nanoseconds)
    }
}
