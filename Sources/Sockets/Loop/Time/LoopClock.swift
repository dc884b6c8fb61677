// Every file that uses a loop also needs its units of time.
@_exported import TimeUnits

/// The clock of a loop; tests turn theirs by hand.
public protocol LoopClock: Sendable {
    /// Returns the present time of a clock that never jumps.
    func monotonic() -> MonotonicTime
    /// Returns milliseconds since 1970-01-01 00:00 UTC.
    func wall() -> Int64
    /// True if a timer of the kernel agrees with it.
    var isReal: Bool { get }
}
