/// A request to a server, with its limits.
public struct HTTPRequest: Sendable {
    /// The URL: `https://…` or `http://…`.
    ///
    /// May contain a secret; it appears in no error.
    public var url: String
    /// The body; `nil` sends a GET, everything else a POST.
    public var body: [UInt8]?
    /// The content type of the body.
    public var contentType = "application/json"
    /// The time that all of it may take.
    public var deadline = Duration.seconds(30)
    /// The longest answer in bytes.
    public var maxAnswerBytes = 8 << 20
    /// True to open a new connection instead of using a kept one.
    public var wantsFreshConnection = false

    /// Makes a request.
    public init(_ url: String, body: [UInt8]? = nil) {
        self.url = url
        self.body = body
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// A text without the URL.
    public var description: String { "an HTTP request" }
    /// Shows nothing, even to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
