import Chat

/// A chat on Telegram, or a topic of it.
///
/// No topic stands for a forum's General, which is outside the topics.
struct ChatLocation: Hashable, Sendable, CustomStringConvertible {
    let chat: Int64
    let topic: Int64?

    /// The ids that there can be: they have up to 52 bits.
    private static let chats = -(Int64(1) << 52)...(Int64(1) << 52)

    init(chat: Int64, topic: Int64? = nil) {
        self.chat = chat
        // General has no id where something is sent, and 1 in links.
        self.topic = topic == 1 ? nil : topic
    }

    /// Reads `-1001234567890` or `-1001234567890/7`; nil if it is neither.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let chat = Int64(parts[0]), chat != 0, Self.chats.contains(chat),
            parts[0].first != "+"
        else { return nil }
        if parts.count == 1 {
            self.init(chat: chat)
        } else if let topic = Int32(parts[1]), topic > 0, parts[1].first != "+" {
            self.init(chat: chat, topic: Int64(topic))
        } else {
            return nil
        }
    }

    /// The text of it in the configuration.
    var description: String { topic.map { "\(chat)/\($0)" } ?? "\(chat)" }
}
