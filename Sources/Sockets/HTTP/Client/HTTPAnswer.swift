/// The answer of a server, whatever its status.
public struct HTTPAnswer: Sendable {
    /// The status code: 200, 404 and so on.
    public let status: Int
    /// The content type; empty if there is none.
    public let contentType: String
    /// Time to wait before the next request, if the server asks for that.
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
