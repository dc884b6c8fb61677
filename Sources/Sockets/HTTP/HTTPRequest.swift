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
