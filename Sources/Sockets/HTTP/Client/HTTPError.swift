/// A failed request, as a sentence without the request's URL.
public struct HTTPError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The kind of failure.
    public enum Kind: Sendable, Equatable {
        /// The request is invalid, or there are no resources for it.
        case refused
        /// There was no connection: the server has seen nothing of the request.
        case unreachable
        /// The connection broke after the request may have left.
        case broken
        /// The deadline was over.
        case timedOut
        /// The answer is longer than was asked for.
        case tooLong
        /// The caller cancelled it.
        case cancelled
    }

    /// The kind of failure.
    public let kind: Kind
    /// True if the server may have received the request.
    public let mayHaveArrived: Bool
    private let reason: String

    /// Makes an error.
    public init(_ kind: Kind, mayHaveArrived: Bool, _ reason: String) {
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.reason = reason
    }

    /// The sentence.
    public var description: String { reason }
}
