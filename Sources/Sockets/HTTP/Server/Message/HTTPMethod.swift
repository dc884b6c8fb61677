/// The method of a request (RFC 9110, 9).
package enum HTTPMethod: String, Sendable, CaseIterable {
    /// Asks for a resource.
    case get = "GET"
    /// Asks for what a `GET` would answer, without the body.
    case head = "HEAD"
    /// Has something done.
    case post = "POST"
    /// Replaces a resource.
    case put = "PUT"
    /// Changes a resource.
    case patch = "PATCH"
    /// Removes a resource.
    case delete = "DELETE"
    /// Asks what may be done.
    case options = "OPTIONS"
    /// Any other method, which no route takes.
    case other = ""

    /// Recognizes a method, which is case-sensitive.
    @safe init(_ bytes: UnsafeRawBufferPointer) {
        self = Self.allCases.first { unsafe bytes.elementsEqual($0.rawValue.utf8) } ?? .other
    }
}
