/// The answer to a request of a route.
public struct HTTPRouteAnswer: Sendable, Equatable {
    /// The status: 200 to 599.
    public var status: Int
    /// A sentence for whoever has sent the request; nothing secret.
    public var text: String
    /// False for clients that compare the text: it is sent without a line ending.
    public var endsLine = true
    /// Seconds after which the request may be tried again, for 429 and 503.
    public var retryAfter: Int?

    /// Makes an answer.
    public init(_ status: Int, _ text: String = "", retryAfter: Int? = nil) {
        self.status = status
        self.text = text
        self.retryAfter = retryAfter
    }

    var response: HTTPResponse {
        let status = HTTPStatus(status, "")
        var response = text.isEmpty ? HTTPResponse(status) : HTTPResponse.text(status, text)
        if !endsLine { response.body = Array(text.utf8) }
        if let retryAfter { response = response.adding("Retry-After", "\(retryAfter)") }
        return response
    }
}
