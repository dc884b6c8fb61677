import Chat
import JSON
import MessageBus

/// The person, bot or chat that a message on Telegram is from.
struct MessageAuthor: Sendable, Equatable {
    /// The name, not cleaned yet.
    let name: String
    /// The identity, which stays the same whatever the name.
    let identity: String
    /// True if it is a bot that speaks as itself.
    let isBot: Bool
    /// The user's id; nil for a channel or a group.
    let user: Int64?

    /// Reads the author of a message: the chat in whose name it was sent, or a person.
    init(of post: JSON) {
        let chat = post["sender_chat"]
        if let id = chat["id"].integer {
            // Anonymous admins and channels come with an account of Telegram's own as the sender.
            self.init(name: Self.title(of: chat), identity: "chat:\(id)", isBot: false, user: nil)
        } else if post["from"].isPresent {
            self.init(person: post["from"])
        } else {
            let chat = post["chat"]
            self.init(
                name: Self.title(of: chat), identity: "chat:\(chat["id"].integer ?? 0)",
                isBot: false, user: nil)
        }
    }

    /// Reads a person or a bot.
    init(person: JSON) {
        let names = [person["first_name"], person["last_name"]].compactMap(\.nonEmptyString)
        let id = person["id"].integer
        self.init(
            name: names.joined(separator: " "), identity: "user:\(id ?? 0)",
            isBot: person["is_bot"].isTrue, user: id)
    }

    private init(name: String, identity: String, isBot: Bool, user: Int64?) {
        self.name = name
        self.identity = identity
        self.isBot = isBot
        self.user = user
    }

    /// Returns the title of a chat.
    static func title(of chat: JSON) -> String {
        chat["title"].nonEmptyString
            ?? [chat["first_name"], chat["last_name"]].compactMap(\.nonEmptyString)
            .joined(separator: " ")
    }
}
