import MessageBus

/// What is on its way to a chat: kept before it is sent, so that after a crash the same is sent
/// again and not a part of it with something else.
struct TelegramPlan: Sendable, Equatable {
    /// The number of the last message in it.
    let last: UInt64
    /// How many parts of it have arrived.
    var part = 0
    /// What those parts are called by Telegram, as far as it said so; a chat may move meanwhile, so
    /// each with its chat.
    var remoteIDs: [String] = []
    /// Whether the next part may have been sent when this was kept.
    var isUnderWay = true

    /// A word that no message is called by.
    private static let resting = "resting"

    init(last: UInt64) { self.last = last }

    /// Reads what the store has kept; nil if it is no plan.
    init?(_ state: [UInt8]) {
        let words = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, let last = UInt64(words[0]), let part = Int(words[1]) else {
            return nil
        }
        self.last = last
        self.part = part
        remoteIDs = words.dropFirst(2).map(String.init)
        isUnderWay = remoteIDs.first != Self.resting
        if !isUnderWay { remoteIDs.removeFirst() }
    }

    /// What the store knows the plan for a chat by.
    static func source(_ channel: String) -> String { "sending \(channel)" }

    func checkpoint(for channel: String) -> Checkpoint {
        let words = ["\(last)", "\(part)"] + (isUnderWay ? [] : [Self.resting]) + remoteIDs
        return Checkpoint(
            source: Self.source(channel), state: Array(words.joined(separator: " ").utf8))
    }
}
