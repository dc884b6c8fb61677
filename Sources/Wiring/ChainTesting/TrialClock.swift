import Locking

/// A clock that stands still until it is turned, so that tests of a chain take no real time.
///
/// Safe from any thread.
final class TrialClock: Sendable {
    private let elapsed = Locked<Int64>(0)

    /// An hour, in nanoseconds: what a step looks back at lies after the beginning of time.
    private static let start: Int64 = 3_600_000_000_000
    /// Milliseconds since 1970 at the start: 2026-01-01, any moment would do.
    private static let startOfWall: Int64 = 1_767_225_600_000

    /// Monotonic nanoseconds.
    var uptime: Int64 { Self.start + elapsed.withLock { $0 } }
    /// Milliseconds since 1970.
    var wall: Int64 { Self.startOfWall + elapsed.withLock { $0 } / 1_000_000 }

    /// Turns the clock; it stands still at its end, in 292 years.
    func advance(by duration: Duration) {
        let (seconds, rest) = duration.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        elapsed.withLock { now in
            let sum = now.addingReportingOverflow(
                nanoseconds.overflow ? .max / 2 : nanoseconds.partialValue + rest / 1_000_000_000)
            now = sum.overflow ? now : min(sum.partialValue, .max / 2)
        }
    }
}
