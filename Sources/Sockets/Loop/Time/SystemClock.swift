import TimeUnits

/// The kernel's clocks.
public struct SystemClock: LoopClock {
    /// Makes a clock.
    public init() {}

    /// `CLOCK_MONOTONIC`.
    public func monotonic() -> MonotonicTime { KernelClock.monotonic }

    /// `CLOCK_REALTIME`.
    public func wall() -> Int64 { KernelClock.wallMilliseconds }

    /// True.
    public var isReal: Bool { true }
}
