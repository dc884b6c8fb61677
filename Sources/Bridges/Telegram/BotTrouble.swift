/// What an answer of Telegram's that is no success asks for, in a sentence without the token.
enum BotTrouble: Error, Equatable, CustomStringConvertible {
    /// Nobody answered, or somebody who is not Telegram: later it will.
    case unreachable(String, mayHaveArrived: Bool)
    /// Too much at once; nothing is to be sent for so long.
    case flood(after: Duration)
    /// The group has become a supergroup of that id.
    case migrated(to: Int64)
    /// There is no such bot: 401 or 404.
    case unknownBot(String)
    /// Somebody else polls, or a webhook is set.
    case conflict(String)
    /// The chat can't be written to at present: kicked, no rights, not found.
    case shut(String)
    /// What was sent will never be taken.
    case rejected(String)
    /// The bridge is ending.
    case cancelled

    /// The sentence.
    var description: String {
        switch self {
        case .unreachable(let reason, _): reason
        case .flood(let pause): "429 Too Many Requests: retry after \(pause.components.seconds)"
        case .migrated(let chat): "400 the group has become the supergroup \(chat)"
        case .unknownBot(let answer), .conflict(let answer), .shut(let answer),
            .rejected(let answer):
            answer
        case .cancelled: "cancelled"
        }
    }

    /// Reads an answer that says `"ok":false`; codes first, texts second.
    init(code: Int64, description: String, parameters: JSON, retryAfter: Duration?) {
        let text = description.lowercased()
        // It comes from outside, and goes to a log.
        let visible = description.unicodeScalars.prefix(300).filter {
            ![.control, .format].contains($0.properties.generalCategory)
        }
        let answer = "\(code) \(String(String.UnicodeScalarView(visible)))"
        let wait = parameters["retry_after"].integer.map { Duration.seconds(min($0, 86_400)) }
        switch code {
        case 401: self = .unknownBot(answer)
        case 404: self = text.contains("method") ? .rejected(answer) : .unknownBot(answer)
        case 409: self = .conflict(answer)
        case 429: self = .flood(after: max(wait ?? retryAfter ?? .seconds(5), .seconds(1)))
        case 500...: self = .unreachable(answer, mayHaveArrived: true)
        case 403: self = .shut(answer)
        default:
            if let chat = parameters["migrate_to_chat_id"].integer {
                self = .migrated(to: chat)
            } else if Self.shutting.contains(where: text.contains) {
                self = .shut(answer)
            } else {
                self = .rejected(answer)
            }
        }
    }

    /// What says in a 400 that it is the chat and not the message.
    private static let shutting = [
        "chat not found", "chat_id is empty", "not enough rights", "have no write access",
        "need administrator rights", "topic_closed", "message thread not found", "chat_restricted",
        "chat_write_forbidden", "group chat was deactivated", "peer_id_invalid",
    ]
}
