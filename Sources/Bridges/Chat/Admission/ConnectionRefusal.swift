/// The reason for which a `ChatListener` does not let a client in.
package enum ConnectionRefusal {
    /// The bridge has `maxConnections` connections.
    case bridgeIsFull
    /// The client's address has `maxPerAddress` connections.
    case addressIsFull
    /// Too many connections have come from the client's address within a short time.
    case tooFast
    /// The system has no descriptor left.
    case noDescriptor
    /// The client's address is banned, for this reason, which may be empty.
    case banned(String)

    /// The reason as the log states it.
    package var logText: String {
        switch self {
        case .bridgeIsFull: "there are maxConnections connections"
        case .addressIsFull: "there are maxPerAddress connections from its address"
        case .tooFast: "too many connections came from its address (connects)"
        case .banned: "its address is banned"
        case .noDescriptor: "the system has no descriptor for it"
        }
    }

    /// The code that the client is told.
    package var code: AnswerCode {
        switch self {
        case .banned: .forbidden
        case .tooFast: .rateLimited
        case .bridgeIsFull, .addressIsFull, .noDescriptor: .full
        }
    }

    /// Returns the sentence that the client is told.
    package func sentence(in phrases: Phrases) -> String {
        switch self {
        case .banned(let reason): phrases.banned(reason)
        case .tooFast: phrases.rateLimited
        case .bridgeIsFull, .addressIsFull, .noDescriptor: phrases.full
        }
    }
}
