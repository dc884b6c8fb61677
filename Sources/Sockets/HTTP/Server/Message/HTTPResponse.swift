/// An answer: a status, fields and a body.
///
/// The server adds the length, the date, `Connection`, and the fields of `SecurityFields`.
package struct HTTPResponse: Sendable {
    /// The status.
    package var status: HTTPStatus
    /// Fields that the server does not add itself.
    ///
    /// A control character in a value is sent as a space.
    package var fields: [(name: StaticString, value: String)] = []
    /// The type of the body; `nil` for no `Content-Type`.
    package var contentType: String?
    /// The body; it is left out where the request or the status wants that.
    package var body: [UInt8]
    /// The value of `Cache-Control`; an answer is about now unless it says otherwise.
    package var cacheControl: StaticString = "no-store"
    /// True if the answer to a `GET` would have a body without an end, so that none is sent with
    /// `HEAD`, and no length.
    package var isStream = false
    /// True to close the connection afterwards.
    package var closesConnection = false

    /// Makes an answer.
    package init(_ status: HTTPStatus, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Makes an answer of JSON.
    package static func json(_ status: HTTPStatus, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, contentType: "application/json", body: body)
    }

    /// Makes an answer of a sentence.
    package static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }

    /// Returns the answer with a field more.
    package func adding(_ name: StaticString, _ value: String) -> HTTPResponse {
        var copy = self
        copy.fields.append((name, value))
        return copy
    }
}
