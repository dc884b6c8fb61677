import TimeUnits

/// The clocks of the store; tests have their own.
///
/// Safe from any thread.
package struct StoreClock: Sendable {
    /// Returns milliseconds since 1970.
    package let wall: @Sendable () -> Int64
    /// Returns the time of a clock that never jumps: the one that messages get their `arrival`
    /// from.
    package let monotonic: @Sendable () -> MonotonicTime

    /// Makes a clock.
    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> MonotonicTime
    ) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// Returns the reading of the monotonic clock at a time of the wall clock.
    ///
    /// Negative for a time before the machine started; only differences matter.
    func uptime(at time: Int64) -> MonotonicTime {
        let age = (wall() - time).multipliedReportingOverflow(by: 1_000_000)
        let present = monotonic().nanoseconds
        return MonotonicTime(nanoseconds: age.overflow ? 0 : present - age.partialValue)
    }
}
