/// The name by which an answer identifies its request.
enum RequestName: Sendable, Equatable {
    /// The id that the client gave.
    case id(String)
    /// The type of the request.
    case type(ClientMessageType)
    /// No name: the request could not be recognized.
    case unknown

    /// Makes the name for the answer to a message that can't be understood.
    init(_ problem: MessageProblem) {
        self =
            if let id = problem.id, problem.type?.hasID ?? true {
                .id(id)
            } else if let type = problem.type {
                .type(type)
            } else {
                .unknown
            }
    }
}

extension ClientMessageType {
    /// True if answers name the message by its id.
    var hasID: Bool { self == .say || self == .whisper }
}
