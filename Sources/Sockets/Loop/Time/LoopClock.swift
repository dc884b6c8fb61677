import Glibc

/// Where the loop gets its time from: tests turn it by hand.
public protocol LoopClock: Sendable {
    /// Nanoseconds of a clock that never jumps.
    func monotonic() -> Int64
    /// Milliseconds since 1970-01-01 00:00 UTC.
    func wall() -> Int64
    /// Whether a timer of the kernel may stand in for it.
    var isReal: Bool { get }
}
