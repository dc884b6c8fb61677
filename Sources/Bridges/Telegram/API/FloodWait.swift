import Chat
import MessageBus

/// The time for which a chat is to be left alone, as Telegram asked for it.
///
/// It is kept as a pause and its beginning, not as its end, so that a clock that is set back makes
/// the pause no longer than Telegram said.
struct FloodWait: Sendable, Equatable {
    /// The wait that Telegram asked for, in whole milliseconds.
    let pause: Duration
    /// The time at which Telegram asked for it.
    let since: Timestamp

    /// The longest wait that is believed: Telegram asks for no more than a day.
    static let maxPause = Duration.seconds(86_400)

    /// Makes a wait that begins now.
    init(_ pause: Duration, at now: Timestamp) {
        let pause = min(max(pause, .zero), Self.maxPause)
        self.pause = .milliseconds(Int64(pause / .milliseconds(1)))
        since = now
    }

    /// Returns the time that is left.
    func remaining(at now: Timestamp) -> Duration {
        // If the clock was set back, nobody knows how much time has passed.
        max(pause - max(now - since, .zero), .zero)
    }

    // MARK: - In the store

    /// The beginning of the checkpoints' keys; the chat's id follows.
    private static let keyPrefix = "flood "

    /// Returns the checkpoint's key for a chat.
    static func checkpointKey(_ chat: Int64) -> String { "\(keyPrefix)\(chat)" }

    /// Reads what the store has kept; nil if it is not a wait, like the state that earlier versions
    /// kept.
    init?(_ state: [UInt8]) {
        let numbers = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard numbers.count == 2, let pause = Int64(numbers[0]), let since = Int64(numbers[1]),
            pause >= 0, .milliseconds(pause) <= Self.maxPause
        else { return nil }
        self.pause = .milliseconds(pause)
        self.since = Timestamp(milliseconds: since)
    }

    /// Returns the checkpoint for the store.
    func checkpoint(for chat: Int64) -> Checkpoint {
        let milliseconds = Int64(pause / .milliseconds(1))
        return Checkpoint(
            key: Self.checkpointKey(chat),
            state: Array("\(milliseconds) \(since.milliseconds)".utf8))
    }

    /// Returns empty checkpoints that remove floods that are over, and invalid states.
    static func ended(in checkpoints: [String: [UInt8]], at now: Timestamp) -> [Checkpoint] {
        checkpoints.filter { key, state in
            key.hasPrefix(Self.keyPrefix)
                && FloodWait(state).map { $0.remaining(at: now) == .zero } ?? true
        }.map { Checkpoint(key: $0.key, state: []) }
    }
}
