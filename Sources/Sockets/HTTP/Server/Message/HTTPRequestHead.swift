import Glibc

/// The head of a request: its method, its target and its fields, all of them checked.
///
/// A value of two arrays: the bytes as they came, and the places of the fields in them.
package struct HTTPRequestHead: Sendable {
    /// A field, by the places of its name, in lower case, and its value, without blanks around it.
    struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// The extent of the body.
    package enum Framing: Equatable, Sendable {
        /// There is none.
        case none
        /// So many bytes, at least one.
        case counted(Int)
        /// Chunks, up to an empty one.
        case chunked
    }

    var bytes: [UInt8]
    var fields: [Field]
    var methodRange: Range<Int>
    var pathRange: Range<Int>
    var queryRange: Range<Int>?
    var hostRange: Range<Int>?

    /// The method.
    package let method: HTTPMethod
    /// True for HTTP/1.1, false for HTTP/1.0.
    package let isVersion11: Bool
    /// The extent of the body.
    package internal(set) var framing = Framing.none
    /// True if the client waits for `100 Continue` before it sends the body.
    package internal(set) var expectsContinue = false
    /// True if the client would send another request on this connection.
    package internal(set) var isKeptAlive = true
    /// True for `OPTIONS *`, which is about the server and not about a path.
    package internal(set) var isAboutServer = false

    init(
        bytes: [UInt8], fields: [Field], method: HTTPMethod, methodRange: Range<Int>,
        pathRange: Range<Int>, queryRange: Range<Int>?, isVersion11: Bool
    ) {
        self.bytes = bytes
        self.fields = fields
        self.method = method
        self.methodRange = methodRange
        self.pathRange = pathRange
        self.queryRange = queryRange
        self.isVersion11 = isVersion11
    }

    /// The path, percent-encoded as it came: `/api/rooms/caf%C3%A9`.
    package var path: String { text(pathRange) }
    /// The part behind the question mark, percent-encoded as it came; `nil` if there is none.
    package var query: String? { queryRange.map { text($0) } }
    /// The host, with its port if there is one; `nil` only for HTTP/1.0.
    package var host: String? { hostRange.map { text($0) } }

    /// Calls a function with the path's bytes, percent-encoded as they came.
    @safe package func withPath<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withBytes(pathRange, body)
    }

    /// Calls a function with the query's bytes, percent-encoded as they came; none if there is no
    /// query.
    @safe package func withQuery<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withBytes(queryRange ?? 0..<0, body)
    }

    func text(_ range: Range<Int>) -> String {
        withBytes(range) { $0.text }
    }

    @safe func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { unsafe body($0.part(range)) }
    }
}

extension HTTPRequestHead: CustomStringConvertible, CustomReflectable {
    /// The method and the path: fields and queries may hold secrets.
    package var description: String { "\(text(methodRange)) \(path)" }
    /// Shows nothing more, even to `dump`.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
