import Chat
import MessageBus

/// How far the updates of a bot have been taken in: kept in one transaction with what they brought.
struct UpdateProgress: Sendable, Equatable {
    /// The update to ask for next; nil: whatever there is.
    private(set) var next: Int64?
    /// When the last one came, in milliseconds since 1970.
    private(set) var time: Int64 = 0
    /// The last messages, so that none is taken twice when Telegram begins to count anew.
    private var recent: [String] = []
    /// What was said last by messages that may be edited.
    var texts = RecentTexts()

    /// What the store knows it by.
    private static let source = "updates"
    /// Messages remembered: twice as many as an answer holds, for only the last answer can come
    /// again.
    private static let remembered = 200
    /// After a week without updates Telegram counts from a random number; a day before that the old
    /// count is not trusted any more.
    private static let trust: Int64 = 6 * 86_400_000

    init() {}

    /// Reads what the store has kept; what is no such thing counts as nothing.
    init(checkpoints: [String: [UInt8]]) {
        texts = RecentTexts(checkpoints: checkpoints)
        let state = checkpoints[Self.source] ?? []
        let words = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, let next = Int64(words[0]), let time = Int64(words[1]) else {
            return
        }
        self.next = next
        self.time = time
        recent = words.dropFirst(2).map(String.init)
    }

    /// As the store is to keep it: what has changed since the last time.
    mutating func takeCheckpoints() -> [Checkpoint] {
        let words = ["\(next ?? 0)", "\(time)"] + recent
        let state = Array(words.joined(separator: " ").utf8)
        return [Checkpoint(source: Self.source, state: state)] + texts.takeCheckpoints()
    }

    /// What to ask for at a moment.
    ///
    /// Where the clock was set back that far, nobody knows how long it has been quiet.
    func offset(at now: Timestamp) -> Int64? {
        let (passed, overflows) = now.milliseconds.subtractingReportingOverflow(time)
        return !overflows && passed.magnitude < UInt64(Self.trust) ? next : nil
    }

    /// Whether a message was taken already.
    func has(_ key: String) -> Bool { recent.contains(key) }

    /// Notes that an update was taken.
    mutating func note(update id: Int64, key: String?, at now: Timestamp) {
        next = id + 1
        time = now.milliseconds
        guard let key else { return }
        if recent.count >= Self.remembered {
            recent.removeFirst(recent.count - Self.remembered + 1)
        }
        recent.append(key)
    }
}
