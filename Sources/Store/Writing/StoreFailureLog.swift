import MessageBus

/// What goes wrong with the store, said once and then now and then.
///
/// Confined to the store's thread.
struct StoreFailureLog {
    private let log: Log
    private var sentence: String?
    private var said: Int64 = 0
    private var hasSaidLosses = false
    /// Messages stored since it works again.
    private var late = 0
    private var lost: UInt64 = 0
    private var backoff = Backoff(from: .milliseconds(250), to: longestPause)

    /// Nanoseconds until the same is said again.
    private static let silence: Int64 = 60_000_000_000
    /// The time between attempts at the most: what is repaired is noticed soon.
    private static let longestPause = Duration.seconds(4)

    init(_ log: Log) { self.log = log }

    /// Whether something has failed, and not everything that waited is stored yet.
    var isThere: Bool { sentence != nil }

    /// When to try again after a failure of now.
    mutating func retry(at now: Int64) -> Int64 {
        now + Int64(backoff.next() / .nanoseconds(1))
    }

    /// Says what failed, unless that was said a moment ago.
    mutating func note(
        _ error: StoreError, at now: Int64, waiting: () -> (rows: Int, lost: UInt64)
    ) {
        let (rows, lost) = waiting()
        let isNews = sentence != error.sentence || lost > 0 && !hasSaidLosses
        if isNews || now - said >= Self.silence {
            let losses = lost == 0 ? "" : ", \(lost) were lost because no more may wait"
            let state =
                rows == 0 ? "nothing is kept for now" : "\(Self.messages(rows)) in memory"
            log.error("\(error); \(state)\(losses), durable sources wait")
            sentence = error.sentence
            said = now
            hasSaidLosses = lost > 0
        }
    }

    /// Notes that a transaction worked, and says so when nothing is left of the trouble.
    mutating func pass(path: String, late count: Int, lost some: UInt64, hasMore: Bool) {
        guard isThere || some > 0 else { return }
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
