import MessageBus
import TimeUnits

/// The log of the store's failures: each is reported once, then from time to time.
///
/// Confined to the store's thread.
struct StoreFailureLog {
    private let log: Log
    private var lastSentence: String?
    private var lastReport = MonotonicTime.distantPast
    private var hasSaidLosses = false
    /// Messages stored since writing works again.
    private var late = 0
    private var lost: UInt64 = 0
    private var backoff = Backoff(from: .milliseconds(250), to: maxPause)

    /// The time until the same failure is reported again.
    private static let silence: Duration = .seconds(60)
    /// The longest time between attempts, so that a repair is soon noticed.
    private static let maxPause = Duration.seconds(4)

    init(_ log: Log) { self.log = log }

    /// True from a failure until everything that waited is stored.
    var isFailing: Bool { lastSentence != nil }

    /// Returns the time of the next attempt after a failure.
    mutating func nextAttempt(after now: MonotonicTime) -> MonotonicTime {
        now + backoff.next()
    }

    /// Reports a failure, unless the same was just reported.
    mutating func report(
        _ error: StoreError, at now: MonotonicTime, waiting: () -> (rows: Int, lost: UInt64)
    ) {
        let (rows, lost) = waiting()
        let isNews = lastSentence != error.sentence || lost > 0 && !hasSaidLosses
        if isNews || now - lastReport >= Self.silence {
            let losses = lost == 0 ? "" : ", \(lost) were lost because the queue is full"
            let state =
                rows == 0 ? "nothing is stored for now" : "\(Self.messages(rows)) in memory"
            log.error("\(error); \(state)\(losses), durable sources wait")
            lastSentence = error.sentence
            lastReport = now
            hasSaidLosses = lost > 0
        }
    }

    /// Records that a transaction worked, and reports the end of a failure once nothing waits any
    /// more.
    mutating func recordSuccess(path: String, late count: Int, lost some: UInt64, hasMore: Bool) {
        guard isFailing || some > 0 else { return }
        late += count
        lost += some
        backoff.reset()
        guard !hasMore else { return }
        defer { self = StoreFailureLog(log) }
        let late = "\(self.late) message\(self.late == 1 ? "" : "s")"
        if lost > 0 {
            log.error(
                "store: \(path): it works again; \(late) stored late, \(lost) lost for good")
        } else {
            log.warning("store: \(path): it works again; \(late) stored late, none lost")
        }
    }

    private static func messages(_ count: Int) -> String {
        count == 1 ? "1 message waits" : "\(count) messages wait"
    }
}
