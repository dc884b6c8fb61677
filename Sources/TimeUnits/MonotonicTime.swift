/// A reading of a clock that never jumps, such as a loop's; only differences mean something.
///
/// Sixty-four bits, because some are compared for each read: where a length of time is compared so
/// often, `nanoseconds` of two readings cost less than a `Duration`, which has 128.
@frozen public struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock began.
    public let nanoseconds: Int64

    /// Makes a reading.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// A time before all readings.
    ///
    /// So far from the present that something is always due since then, and yet the difference to
    /// any reading does not overflow.
    @inlinable public static var distantPast: MonotonicTime {
        MonotonicTime(nanoseconds: -(.max / 2))
    }

    /// A time after all readings.
    @inlinable public static var distantFuture: MonotonicTime {
        MonotonicTime(nanoseconds: .max / 2)
    }

    /// The whole seconds and the rest in nanoseconds, as the kernel takes a time.
    package var parts: (seconds: Int, nanoseconds: Int) {
        (Int(nanoseconds / 1_000_000_000), Int(nanoseconds % 1_000_000_000))
    }

    /// True if a time is earlier than another of the same clock.
    @inlinable public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Returns the time that is so much later.
    @inlinable public static func + (time: MonotonicTime, span: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds + span.inNanoseconds)
    }

    /// Moves a time to one that is so much later.
    @inlinable public static func += (time: inout MonotonicTime, span: Duration) {
        time = time + span
    }

    /// Returns the time that is so much earlier.
    @inlinable public static func - (time: MonotonicTime, span: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds - span.inNanoseconds)
    }

    /// Returns the time that has passed from one reading to another.
    @inlinable public static func - (end: MonotonicTime, start: MonotonicTime) -> Duration {
        .nanoseconds(end.nanoseconds - start.nanoseconds)
    }
}
