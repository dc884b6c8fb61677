/// The reason why a private message was not delivered on another instance.
enum PrivateMessageFailure: Sendable, Equatable {
    /// Nobody of that name is there any more.
    case unknown
    /// They have too many unread.
    case full
    /// There is no connection.
    case disconnected
    /// The instance did not answer: the message may have been delivered or not.
    case unanswered
    /// It is not accepted there.
    case refused(code: String)

    /// Makes the reason from one of the chat's codes.
    init(code: String) {
        switch code {
        case "unknown-user": self = .unknown
        case "full": self = .full
        default: self = .refused(code: code)
        }
    }
}
