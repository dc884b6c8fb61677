/// Why there is no answer, as a sentence without the request's address.
public struct HTTPError: Error, CustomStringConvertible, Equatable, Sendable {
    /// What kind of trouble it was.
    public enum Kind: Sendable, Equatable {
        /// The request makes no sense, or the machine has nothing left to make it with.
        case refused
        /// There was no connection: the server has seen nothing of the request.
        case unreachable
        /// The connection broke after the request may have left.
        case broken
        /// The deadline was over.
        case timedOut
        /// The answer is longer than was asked for.
        case tooLong
        /// The one who asked has gone.
        case cancelled
    }

    /// What kind of trouble it was.
    public let kind: Kind
    /// Whether the server may have done what it was asked to.
    public let mayHaveArrived: Bool
    private let reason: String

    /// Makes one.
    public init(_ kind: Kind, mayHaveArrived: Bool, _ reason: String) {
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.reason = reason
    }

    /// The sentence.
    public var description: String { reason }
}
