/// The status of an answer (RFC 9110, 15).
package struct HTTPStatus: Sendable, Hashable {
    /// The number, of three digits.
    package let code: Int
    /// The words behind the number, which only people read.
    package let reason: StaticString

    /// Makes a status that is not among those below.
    package init(_ code: Int, _ reason: StaticString) {
        self.code = code
        self.reason = reason
    }

    /// Compares the numbers.
    package static func == (left: HTTPStatus, right: HTTPStatus) -> Bool { left.code == right.code }
    /// Hashes the number.
    package func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// True if an answer with it has neither a body nor a length (RFC 9110, 6.4.1 and 8.6).
    package var forbidsBody: Bool { code < 200 || code == 204 || code == 304 }

    // The names are those of RFC 9110, which say what each is for.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package static let switchingProtocols = HTTPStatus(101, "Switching Protocols"),
        ok = HTTPStatus(200, "OK"),
        created = HTTPStatus(201, "Created"),
        accepted = HTTPStatus(202, "Accepted"),
        noContent = HTTPStatus(204, "No Content"),
        seeOther = HTTPStatus(303, "See Other"),
        notModified = HTTPStatus(304, "Not Modified"),
        permanentRedirect = HTTPStatus(308, "Permanent Redirect"),
        badRequest = HTTPStatus(400, "Bad Request"),
        unauthorized = HTTPStatus(401, "Unauthorized"),
        forbidden = HTTPStatus(403, "Forbidden"),
        notFound = HTTPStatus(404, "Not Found"),
        methodNotAllowed = HTTPStatus(405, "Method Not Allowed"),
        notAcceptable = HTTPStatus(406, "Not Acceptable"),
        requestTimeout = HTTPStatus(408, "Request Timeout"),
        conflict = HTTPStatus(409, "Conflict"),
        contentTooLarge = HTTPStatus(413, "Content Too Large"),
        uriTooLong = HTTPStatus(414, "URI Too Long"),
        unsupportedMediaType = HTTPStatus(415, "Unsupported Media Type"),
        expectationFailed = HTTPStatus(417, "Expectation Failed"),
        misdirectedRequest = HTTPStatus(421, "Misdirected Request"),
        unprocessableContent = HTTPStatus(422, "Unprocessable Content"),
        upgradeRequired = HTTPStatus(426, "Upgrade Required"),
        tooManyRequests = HTTPStatus(429, "Too Many Requests"),
        headerTooLarge = HTTPStatus(431, "Request Header Fields Too Large"),
        internalServerError = HTTPStatus(500, "Internal Server Error"),
        notImplemented = HTTPStatus(501, "Not Implemented"),
        serviceUnavailable = HTTPStatus(503, "Service Unavailable"),
        versionNotSupported = HTTPStatus(505, "HTTP Version Not Supported")
}
