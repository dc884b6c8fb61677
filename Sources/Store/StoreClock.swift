/// The clocks of the store; tests have their own.
///
/// Safe from any thread.
package struct StoreClock: Sendable {
    /// Returns milliseconds since 1970.
    package let wall: @Sendable () -> Int64
    /// Returns monotonic nanoseconds, by the clock that messages get their `arrival` from.
    package let monotonic: @Sendable () -> Int64

    /// Makes a clock.
    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64
    ) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// Returns the reading of the monotonic clock at a time of the wall clock.
    ///
    /// Negative for a time before the machine started; only differences matter.
    func uptime(at time: Int64) -> Int64 {
        let age = (wall() - time).multipliedReportingOverflow(by: 1_000_000)
        return age.overflow ? 0 : monotonic() - age.partialValue
    }
}
