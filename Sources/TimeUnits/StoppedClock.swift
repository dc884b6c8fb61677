/// A clock that stands still: for parts that are never asked about the time.
package struct StoppedClock: TimeSource {
    private let wallTime: Timestamp

    /// Makes a clock that stands at the beginning of monotonic time, and at a moment of the wall
    /// clock.
    package init(at moment: Timestamp = .epoch) { wallTime = moment }

    /// The beginning.
    package func monotonic() -> MonotonicTime { MonotonicTime(nanoseconds: 0) }

    /// The moment that it was made with.
    package func wall() -> Timestamp { wallTime }

    /// False.
    package var isReal: Bool { false }
}
