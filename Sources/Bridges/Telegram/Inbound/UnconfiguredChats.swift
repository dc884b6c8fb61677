import Chat
import MessageBus

/// Chats that are not configured: counted, and each named once.
struct UnconfiguredChats {
    private var named: Set<ChatLocation> = []
    /// Messages ignored.
    private(set) var total = 0

    /// Chats remembered; anybody may write to a bot.
    private static let bound = 1_000

    /// Counts a message; returns what to say the first time.
    mutating func note(_ post: IncomingMessage, isChatKnown: Bool) -> String? {
        total += 1
        guard named.count < Self.bound, named.insert(post.location).inserted else { return nil }
        let title = Array(MessageAuthor.title(of: post.json["chat"]).utf8).withUnsafeBytes {
            String(
                decoding: TextCleaning.cleaned(repairing: $0, lineEndings: .removed), as: UTF8.self)
        }
        let kind = isChatKnown ? "a topic" : "a chat"
        return """
            messages from \(kind) that is not in "chats" are ignored: \(String(title.prefix(64)).quoted); \
            to let them in, add "\(post.location)": "ROOM"
            """
    }
}
