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
    /// Further fields of the head, in order, such as `Authorization`.
    ///
    /// May contain secrets; they appear in no error. A name that is not a token, or a value with a
    /// control character, refuses the request.
    public var headers: [(name: String, value: String)] = []
    /// The time that the whole request may take.
    public var deadline = Duration.seconds(30)
    /// The longest answer in bytes.
    public var maxAnswerBytes = 8 << 20
    /// True to cut a longer answer and keep its status; false to fail.
    public var cutsLongAnswer = false
    /// True to send nothing unencrypted to another machine: `http` is used only where the
    /// connection leads to a loopback address, whatever the name resolved to.
    public var isPlainOnlyToLoopback = false
    /// True to open a new connection instead of using a kept one.
    public var wantsFreshConnection = false

    /// Makes a request.
    public init(_ url: String, body: [UInt8]? = nil) {
        self.url = url
        self.body = body
    }
}

extension HTTPRequest {
    /// True if no field could be taken for two, or for none.
    var hasGoodHeaders: Bool {
        headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy(HTTPCharacters.isToken)
                && value.utf8.allSatisfy(HTTPCharacters.isFieldValue)
        }
    }

    /// True if everybody between here and there can read it.
    var isPlain: Bool { !url.lowercased().hasPrefix("https://") }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// A text without the URL.
    public var description: String { "an HTTP request" }
    /// Shows nothing, even to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
