/// The reason for which a private message was not delivered on another instance.
enum WhisperLoss: Sendable, Equatable {
    /// Nobody of that name is there any more.
    case unknown
    /// They have too many unread.
    case full
    /// There is no connection.
    case disconnected
    /// The instance did not answer: it may have been delivered or not.
    case unanswered
    /// It is not accepted there.
    case refused(code: String)

    /// Makes the reason of a code of the chat's.
    init(code: String) {
        switch code {
        case "unknown-user": self = .unknown
        case "full": self = .full
        default: self = .refused(code: code)
        }
    }
}
