/// A request to a server, and how much patience there is for it.
public struct HTTPRequest: Sendable {
    /// Where to: `https://…` or `http://…`.
    ///
    /// May hold a secret; it is in no error.
    public var url: String
    /// What is sent; `nil` asks (GET), everything else posts.
    public var body: [UInt8]?
    /// What the body is.
    public var contentType = "application/json"
    /// How long all of it may take.
    public var deadline = Duration.seconds(30)
    /// The longest answer in bytes.
    public var longestAnswer = 8 << 20
    /// Whether a connection that is open already is not to be trusted.
    public var wantsFreshConnection = false

    /// Makes a request.
    public init(_ url: String, body: [UInt8]? = nil) {
        self.url = url
        self.body = body
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// Says nothing of the address.
    public var description: String { "an HTTP request" }
    /// Shows nothing, also to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a server answered, whatever the status.
public struct HTTPAnswer: Sendable {
    /// The number: 200, 404 and so on.
    public let status: Int
    /// What the body is said to be; empty if nothing is said.
    public let contentType: String
    /// How long the server asks to be left alone.
    public let retryAfter: Duration?
    /// The body.
    public let body: [UInt8]

    /// Makes an answer.
    public init(status: Int, contentType: String, retryAfter: Duration?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.retryAfter = retryAfter
        self.body = body
    }
}

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
