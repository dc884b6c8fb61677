import Chat
import MessageBus

/// The progress in a bot's updates, stored in one transaction with their messages.
struct UpdateProgress: Sendable, Equatable {
    /// The update to ask for next; nil for any.
    private(set) var next: Int64?
    /// The time at which the last one came.
    private(set) var time = Timestamp.epoch
    /// The keys of the last messages, so that none is published twice when Telegram begins to count
    /// anew.
    private var recent: [String] = []
    /// The last texts of messages that may be edited.
    var texts = RecentTexts()

    /// The checkpoint's key.
    private static let checkpointKey = "updates"
    /// The most keys that are remembered: twice the updates of an answer, since only the last
    /// answer can come again.
    private static let remembered = 200
    /// The time for which `next` is trusted: a day less than the week without updates after which
    /// Telegram counts from a random number.
    private static let trust = Duration.seconds(6 * 86_400)

    /// Makes the progress of a bot none of whose updates were read.
    init() {}

    /// Reads the store's checkpoints; an invalid state counts as none.
    init(checkpoints: [String: [UInt8]]) {
        texts = RecentTexts(checkpoints: checkpoints)
        let state = checkpoints[Self.checkpointKey] ?? []
        let words = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, let next = Int64(words[0]), let time = Int64(words[1]) else {
            return
        }
        self.next = next
        self.time = Timestamp(milliseconds: time)
        recent = words.dropFirst(2).map(String.init)
    }

    /// Returns the checkpoints that have changed since the last call.
    mutating func drainCheckpoints() -> [Checkpoint] {
        let words = ["\(next ?? 0)", "\(time.milliseconds)"] + recent
        let state = Array(words.joined(separator: " ").utf8)
        return [Checkpoint(key: Self.checkpointKey, state: state)] + texts.drainCheckpoints()
    }

    /// Returns the update to ask for at a time; nil for any.
    ///
    /// If the clock was set back, nobody knows how long there were no updates.
    func offset(at now: Timestamp) -> Int64? {
        let passed = now - time
        return max(passed, .zero - passed) < Self.trust ? next : nil
    }

    /// Returns true if a message was published already.
    func contains(_ key: String) -> Bool { recent.contains(key) }

    /// Records an update.
    ///
    /// - Parameter key: the key of its message; nil if there is none.
    mutating func record(update id: Int64, key: String?, at now: Timestamp) {
        next = id + 1
        time = now
        guard let key else { return }
        if recent.count >= Self.remembered {
            recent.removeFirst(recent.count - Self.remembered + 1)
        }
        recent.append(key)
    }
}
