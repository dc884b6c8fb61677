/// The time of the system: the kernel's clocks.
public struct SystemClock: TimeSource {
    /// Makes a clock.
    @inlinable public init() {}

    /// `CLOCK_MONOTONIC`.
    public func monotonic() -> MonotonicTime { KernelClock.monotonic }

    /// `CLOCK_REALTIME`.
    public func wall() -> Timestamp { KernelClock.wall }

    /// True.
    public var isReal: Bool { true }
}
