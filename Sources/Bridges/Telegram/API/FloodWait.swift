import Chat
import MessageBus

/// How long a chat is to be left alone: what Telegram asked for, and when that was.
///
/// Kept as a wait, not as its end: a clock that was set back makes it no longer than Telegram said.
struct FloodWait: Sendable, Equatable {
    /// Milliseconds that Telegram asked for.
    let pause: Int64
    let since: Timestamp

    /// The longest that is believed in, in milliseconds: Telegram asks for no more than a day.
    static let longest: Int64 = 86_400_000

    /// Makes one that begins now.
    init(_ pause: Duration, at now: Timestamp) {
        self.pause = min(max(Int64(pause / .milliseconds(1)), 0), Self.longest)
        since = now
    }

    /// How much of it is left.
    func rest(at now: Timestamp) -> Duration {
        let (passed, overflows) = now.milliseconds
            .subtractingReportingOverflow(since.milliseconds)
        // Of a clock that was set back nobody knows how much time has passed.
        return .milliseconds(overflows ? 0 : max(pause - max(passed, 0), 0))
    }

    // MARK: - In the store

    /// In front of a chat's id, what the store knows its flood by.
    private static let source = "flood "

    /// What the store knows a chat's flood by.
    static func source(_ chat: Int64) -> String { "\(source)\(chat)" }

    /// Reads what the store has kept; nil if it is no wait, as what earlier versions kept.
    init?(_ state: [UInt8]) {
        let phrases = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard phrases.count == 2, let pause = Int64(phrases[0]), let since = Int64(phrases[1]),
            (0...Self.longest).contains(pause)
        else { return nil }
        self.pause = pause
        self.since = Timestamp(milliseconds: since)
    }

    func checkpoint(for chat: Int64) -> Checkpoint {
        Checkpoint(
            source: Self.source(chat), state: Array("\(pause) \(since.milliseconds)".utf8))
    }

    /// What the store is to forget: floods that are over, and what are none.
    static func ended(in checkpoints: [String: [UInt8]], at now: Timestamp) -> [Checkpoint] {
        checkpoints.filter { source, state in
            source.hasPrefix(Self.source)
                && FloodWait(state).map { $0.rest(at: now) == .zero } ?? true
        }.map { Checkpoint(source: $0.key, state: []) }
    }
}
