/// The reason why there is no connection to a server, as a sentence.
public struct ConnectFailure: Error, CustomStringConvertible, Equatable, Sendable {
    /// The kind of failure.
    public enum Kind: Sendable, Equatable {
        /// The server was not reached: it may be later.
        case unreachable
        /// The server was reached, but is not trusted.
        case untrusted
        /// The caller has given it up.
        case cancelled
    }

    /// The kind of failure.
    public let kind: Kind
    /// The sentence.
    public let description: String

    /// Makes a failure.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
