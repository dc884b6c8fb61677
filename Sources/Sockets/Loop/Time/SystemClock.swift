import Glibc

/// The kernel's clocks.
public struct SystemClock: LoopClock {
    /// Makes a clock.
    public init() {}

    /// `CLOCK_MONOTONIC`.
    public func monotonic() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.inNanoseconds
    }

    /// `CLOCK_REALTIME`.
    public func wall() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// True.
    public var isReal: Bool { true }
}
