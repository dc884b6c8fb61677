import Foundation
import TimeUnits

/// A call of a method, checked as the real server checks it.
struct BotCall {
    private let state: BotServerState
    private let method: String
    private let parameters: [String: Any]

    init(_ state: BotServerState, _ method: String, _ parameters: [String: Any]) {
        self.state = state
        self.method = method
        self.parameters = parameters
    }

    private static let known: [String: Set<String>] = [
        "getMe": [], "getWebhookInfo": [], "getChat": ["chat_id"],
        "getChatMember": ["chat_id", "user_id"],
        "getUpdates": ["offset", "limit", "timeout", "allowed_updates"],
        "deleteMessage": ["chat_id", "message_id"],
        "editMessageText": ["chat_id", "message_id", "text", "link_preview_options"],
        "sendMessage": [
            "chat_id", "message_thread_id", "text", "reply_parameters", "link_preview_options",
        ],
    ]

    /// Does what is asked for, and answers now or later.
    func run(_ connection: TestHTTPConnection, _ finish: @escaping (BotAnswer) -> Void) {
        guard let known = Self.known[method] else {
            state.blame("there is no method \(method)")
            return finish(BotAnswer(404, "Not Found: method not found"))
        }
        for key in parameters.keys where !known.contains(key) {
            state.blame("\(method) has the parameter \(key)")
        }
        switch method {
        case "getMe":
            finish(
                BotAnswer(
                    [
                        "id": BotServerState.me, "is_bot": true, "first_name": "Puente",
                        "username": "puente_bot", "can_read_all_group_messages": state.readsAll,
                    ] as [String: Any]))
        case "getWebhookInfo": finish(BotAnswer(["url": state.webhook]))
        case "getChat": finish(chat)
        case "getChatMember": finish(member)
        case "getUpdates": getUpdates(connection, finish)
        case "deleteMessage", "editMessageText": finish(change())
        default: send(connection, finish)
        }
    }

    private func number(_ key: String) -> Int64? { (parameters[key] as? NSNumber)?.int64Value }

    private var chat: BotAnswer {
        guard let id = number("chat_id"), let chat = state.chats[id] else {
            return BotAnswer(400, "Bad Request: chat not found")
        }
        return BotAnswer(
            [
                "id": id, "type": chat.type, "title": chat.title,
                "permissions": ["can_send_messages": chat.permitsTexts],
            ] as [String: Any])
    }

    private var member: BotAnswer {
        guard let chat = state.chats[number("chat_id") ?? 0] else {
            return BotAnswer(400, "Bad Request: chat not found")
        }
        return BotAnswer(
            ["status": chat.status, "user": ["id": BotServerState.me]] as [String: Any])
    }

    // MARK: - Updates

    private func getUpdates(
        _ connection: TestHTTPConnection, _ finish: @escaping (BotAnswer) -> Void
    ) {
        guard state.webhook.isEmpty else {
            return finish(
                BotAnswer(
                    409,
                    """
                    Conflict: can't use getUpdates method while webhook is active; use \
                    deleteWebhook to delete the webhook first
                    """))
        }
        if !(parameters["allowed_updates"] is [String]) {
            state.blame("allowed_updates is no list of strings")
        }
        let (limit, timeout) = state.queue.ask(
            offset: number("offset"), limit: number("limit"), timeout: number("timeout"),
            now: state.now)
        let poll = BotPoll(state, limit: limit, finish: finish)
        connection.onGone = { poll.drop() }
        poll.start(timeout: timeout)
    }

    // MARK: - Sending

    private func send(
        _ connection: TestHTTPConnection, _ finish: @escaping (BotAnswer) -> Void
    ) {
        let id = number("chat_id") ?? 0
        guard var chat = state.chats[id] else {
            return finish(BotAnswer(400, "Bad Request: chat not found"))
        }
        if let refusal = refusal(of: chat, id) { return finish(refusal) }
        if state.now < chat.blockedUntil {
            state.blame("\(id) was sent to before retry_after was over")
            return finish(state.flood(id))
        }
        chat.sends.removeAll { $0 <= state.now - .seconds(60) }
        state.chats[id] = chat
        if chat.sends.count >= 20 || !state.countSend() { return finish(state.flood(id)) }
        chat.sends.append(state.now)
        chat.lastMessage += 1
        let post = BotChat.Post(
            id: chat.lastMessage, text: parameters["text"] as? String ?? "",
            topic: number("message_thread_id"), replyTo: reply(in: chat), time: state.now)
        chat.posts.append(post)
        chat.known.insert(post.id)
        state.chats[id] = chat
        finish(
            BotAnswer(
                [
                    "message_id": post.id, "date": state.date, "text": post.text,
                    "chat": ["id": id, "type": chat.type],
                ] as [String: Any], isPost: true))
    }

    /// Deletes or changes a message of the bot.
    private func change() -> BotAnswer {
        guard var chat = state.chats[number("chat_id") ?? 0] else {
            return BotAnswer(400, "Bad Request: chat not found")
        }
        let id = number("message_id") ?? 0
        guard let index = chat.posts.firstIndex(where: { $0.id == id }) else {
            return BotAnswer(
                400,
                chat.known.contains(id)
                    ? "Bad Request: message can't be deleted"
                    : "Bad Request: message to delete not found")
        }
        if let text = parameters["text"] as? String {
            let old = chat.posts[index]
            chat.posts[index] = BotChat.Post(
                id: id, text: text, topic: old.topic, replyTo: old.replyTo, time: old.time)
        } else if chat.keepsOldMessages {
            return BotAnswer(400, "Bad Request: message can't be deleted")
        } else {
            chat.posts.remove(at: index)
        }
        state.chats[number("chat_id") ?? 0] = chat
        return BotAnswer(true)
    }

    private func refusal(of chat: BotChat, _ id: Int64) -> BotAnswer? {
        if let new = chat.migratedTo {
            return BotAnswer(
                400, "Bad Request: group chat was upgraded to a supergroup chat",
                parameters: ["migrate_to_chat_id": new])
        }
        switch chat.status {
        case "kicked": return BotAnswer(403, "Forbidden: bot was kicked from the supergroup chat")
        case "left":
            return BotAnswer(403, "Forbidden: bot is not a member of the supergroup chat")
        case "restricted":
            return BotAnswer(
                400, "Bad Request: not enough rights to send text messages to the chat")
        default: break
        }
        if let topic = number("message_thread_id") {
            guard topic != 1, let isOpen = chat.topics[topic] else {
                return BotAnswer(400, "Bad Request: message thread not found")
            }
            if !isOpen { return BotAnswer(400, "Bad Request: TOPIC_CLOSED") }
        }
        return refusal(ofText: parameters["text"] as? String, chat)
    }

    private func refusal(ofText text: String?, _ chat: BotChat) -> BotAnswer? {
        guard let text, !text.isEmpty else {
            return BotAnswer(400, "Bad Request: message text is empty")
        }
        if text.utf8.count > 32_768 { return BotAnswer(400, "Bad Request: text is too long") }
        if text.unicodeScalars.count > 4_096 {
            state.blame("a text of \(text.unicodeScalars.count) code points")
            return BotAnswer(400, "Bad Request: message is too long")
        }
        if text.unicodeScalars.allSatisfy(Self.isInvisible) {
            return BotAnswer(400, "Bad Request: text must be non-empty")
        }
        if let refused = chat.refused, text.contains(refused) {
            // A gateway may repeat the address that it was asked for.
            return BotAnswer(400, "Bad Request: no such path /bot\(BotServer.token)/sendMessage")
        }
        let reply = parameters["reply_parameters"]
        guard reply == nil || reply is [String: Any] else {
            return BotAnswer(400, "Bad Request: object expected as reply parameters")
        }
        if let reply = reply as? [String: Any], self.reply(in: chat) == nil,
            reply["allow_sending_without_reply"] as? Bool != true
        {
            return BotAnswer(400, "Bad Request: message to be replied not found")
        }
        return nil
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isWhitespace
            || [.control, .format].contains(properties.generalCategory)
    }

    private func reply(in chat: BotChat) -> Int64? {
        let reply = parameters["reply_parameters"] as? [String: Any]
        guard let id = (reply?["message_id"] as? NSNumber)?.int64Value, chat.known.contains(id)
        else { return nil }
        return id
    }
}
