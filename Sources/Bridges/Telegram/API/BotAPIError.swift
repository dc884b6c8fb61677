import Chat
import JSON

/// A call that failed, classified by the way to deal with it, with a sentence that does not hold
/// the token.
enum BotAPIError: Error, Equatable, CustomStringConvertible {
    /// Nothing answered, or something that is not Telegram; it may work later.
    case unreachable(String, mayHaveArrived: Bool)
    /// There were too many calls at once; none may be sent for a while.
    case flood(after: Duration)
    /// The group has become a supergroup of that id.
    case migrated(to: Int64)
    /// There is no such bot: 401 or 404.
    case unknownBot(String)
    /// Another program polls, or a webhook is set.
    case pollConflict(String)
    /// The chat can't be written to at present: kicked, no rights, not found.
    case blocked(String)
    /// The message will never be taken.
    case rejected(String)
    /// The bridge is ending.
    case cancelled

    /// True if a message is to be treated as if nothing had answered.
    var isNoAnswer: Bool {
        switch self {
        case .unreachable, .pollConflict: true
        case .flood, .migrated, .unknownBot, .blocked, .rejected, .cancelled: false
        }
    }

    /// The name, for metrics, of the result of an attempt that ended with this error.
    var resultName: String {
        switch self {
        case .unreachable: "unreachable"
        case .flood: "flood"
        case .migrated: "migrated"
        case .unknownBot: "unknown-bot"
        case .pollConflict: "conflict"
        case .blocked: "shut"
        case .rejected: "rejected"
        case .cancelled: "cancelled"
        }
    }

    /// The reason, for the log.
    var description: String {
        switch self {
        case .unreachable(let reason, _): reason
        case .flood(let pause): "429 Too Many Requests: retry after \(pause.components.seconds)"
        case .migrated(let chat): "400 the group has become the supergroup \(chat)"
        case .unknownBot(let answer), .pollConflict(let answer), .blocked(let answer),
            .rejected(let answer):
            answer
        case .cancelled: "cancelled"
        }
    }

    /// Reads an answer that says `"ok":false`; codes first, texts second.
    init(code: Int64, description: String, parameters: JSON, retryAfter: Duration?) {
        let text = description.lowercased()
        // The text comes from outside, and goes to a log.
        let visible = description.unicodeScalars.prefix(300).filter {
            ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
                $0.properties.generalCategory)
        }
        let reason = String(String.UnicodeScalarView(visible))
        let answer = reason.isEmpty ? "\(code), without a reason" : "\(code) \(reason)"
        let wait = parameters["retry_after"].integer.map { Duration.seconds(min($0, 86_400)) }
        if let seconds = Self.floodWait(description) {
            self = .flood(after: .seconds(seconds))
            return
        }
        switch code {
        case 401: self = .unknownBot(answer)
        case 404: self = text.contains("method") ? .rejected(answer) : .unknownBot(answer)
        case 409: self = .pollConflict(answer)
        case 420, 429: self = .flood(after: max(wait ?? retryAfter ?? .seconds(5), .seconds(1)))
        case 500...: self = .unreachable(answer, mayHaveArrived: true)
        case 403: self = .blocked(answer)
        case 413: self = .rejected(answer)
        case 402..<500:
            // It is only known that the call was not accepted.
            self = .unreachable(answer, mayHaveArrived: code == 408)
        case 400:
            if let chat = parameters["migrate_to_chat_id"].integer {
                self = .migrated(to: chat)
            } else if Self.isOfTheChat(description, text) {
                self = .blocked(answer)
            } else {
                self = .rejected(answer)
            }
        default: self = .unreachable(answer, mayHaveArrived: true)
        }
    }

    /// Returns the seconds in `FLOOD_WAIT_7` and the like, from a second to a day.
    private static func floodWait(_ description: String) -> Int64? {
        guard let range = description.firstRange(of: "_WAIT_") else { return nil }
        let digits = description[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return Int64(digits).map { min(max($0, 1), 86_400) }
    }

    /// Returns true if a 400 is about the chat, or the bot in it, and not about the message.
    private static func isOfTheChat(_ description: String, _ text: String) -> Bool {
        if shutting.contains(where: text.contains) { return true }
        // Constants of Telegram's inner servers are passed on as they are: one word in capitals.
        let prefix = "Bad Request: "
        let start =
            description.hasPrefix(prefix) ? description.dropFirst(prefix.count) : description[...]
        let constant = start.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        return constantsOfChats.contains(where: constant.hasPrefix)
    }

    /// Texts of a 400 that is about the chat and not about the message.
    private static let shutting = [
        "chat not found", "chat_id is empty", "not enough rights", "have no write access",
        "need administrator rights", "topic_closed", "message thread not found", "chat_restricted",
        "chat_write_forbidden",
        "group chat was deactivated", "peer_id_invalid",
        // Without the id that it has now.
        "group chat was upgraded",
    ]

    /// The beginnings of such constants that are about chats.
    private static let constantsOfChats = [
        "CHAT_", "CHANNEL_", "TOPIC_", "USER_", "PEER_", "BOT_",
    ]

    /// Returns the sentence for a token that Telegram does not know.
    static func sentence(unknownBot answer: String) -> String {
        """
        Telegram knows no bot with this token (\(answer)): check "token", which @BotFather gives, \
        and "api"
        """
    }
}
