import Locking
import TimeUnits

/// A clock that stands still until it is turned, so that tests of a chain take no real time.
///
/// Safe from any thread.
final class TrialClock: TimeSource {
    private let elapsed = Locked(Duration.zero)

    /// The monotonic time at the start: an hour, so that no step looks back beyond the beginning.
    private static let start = MonotonicTime(nanoseconds: 0) + .seconds(3_600)
    /// The time at which it stands still: lengths of time are not longer in 64 bits.
    private static let end: Duration = .seconds(73 * 31_536_000)
    /// The wall clock at the start: 2026-01-01, any moment would do.
    private static let startOfWall = Timestamp(milliseconds: 1_767_225_600_000)

    /// The time of a clock that never jumps.
    func monotonic() -> MonotonicTime { Self.start + elapsed.withLock { $0 } }
    /// The moment that so much time after the start is.
    func wall() -> Timestamp { Self.startOfWall + elapsed.withLock { $0 } }
    /// False: a test turns it.
    var isReal: Bool { false }

    /// Turns the clock; it stands still at its end, in 73 years.
    func advance(by duration: Duration) {
        elapsed.withLock { $0 = min($0 + duration, Self.end) }
    }
}
