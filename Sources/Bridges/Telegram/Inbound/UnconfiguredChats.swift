import Chat
import JSON
import MessageBus

/// The chats that are not configured: their messages are counted, and each chat is logged once.
struct UnconfiguredChats {
    private var named: Set<ChatLocation> = []
    /// Messages ignored.
    private(set) var total = 0

    /// The most chats remembered; anybody may write to a bot.
    private static let bound = 1_000

    /// Counts a message; returns the sentence to log for the first of a chat or topic.
    mutating func count(_ post: IncomingMessage, isChatKnown: Bool) -> String? {
        total += 1
        guard named.count < Self.bound, named.insert(post.location).inserted else { return nil }
        let title = unsafe Array(MessageAuthor.title(of: post.json["chat"]).utf8).withUnsafeBytes {
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
