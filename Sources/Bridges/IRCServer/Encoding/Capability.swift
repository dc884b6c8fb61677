/// An extension of IRC that clients may ask for (IRCv3, capability negotiation).
enum Capability: String, CaseIterable, Sendable {
    case accountNotify = "account-notify"
    case accountTag = "account-tag"
    case awayNotify = "away-notify"
    case batch = "batch"
    case capNotify = "cap-notify"
    case chatHistory = "draft/chathistory"
    case messageRedaction = "draft/message-redaction"
    case multiline = "draft/multiline"
    case readMarker = "draft/read-marker"
    case echoMessage = "echo-message"
    case extendedJoin = "extended-join"
    case labeledResponse = "labeled-response"
    case messageTags = "message-tags"
    case multiPrefix = "multi-prefix"
    case passedInstances = "puente/passed"
    case sasl = "sasl"
    case serverTime = "server-time"
    case setName = "setname"
    case userhostInNames = "userhost-in-names"

    /// The value that `CAP LS 302` has behind the name; `nil` for none.
    var value: String? {
        switch self {
        case .sasl: "PLAIN"
        case .multiline: "max-bytes=\(MultilineInput.maxBytes),max-lines=\(MultilineInput.maxLines)"
        default: nil
        }
    }
}
