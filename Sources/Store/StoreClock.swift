/// What the store knows of time: tests have their own.
///
/// Safe from any thread.
package struct StoreClock: Sendable {
    /// Milliseconds since 1970.
    package let wall: @Sendable () -> Int64
    /// Monotonic nanoseconds, by the clock that messages get their `arrival` from.
    package let monotonic: @Sendable () -> Int64

    /// Makes a clock.
    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64
    ) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// When, by the monotonic clock, it was such a time by the wall clock.
    ///
    /// Negative for what was before the machine started; what counts is the distance.
    func uptime(at time: Int64) -> Int64 {
        let age = (wall() - time).multipliedReportingOverflow(by: 1_000_000)
        return age.overflow ? 0 : monotonic() - age.partialValue
    }
}
