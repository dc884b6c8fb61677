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
