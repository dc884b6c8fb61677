/// The reason why a request is refused: a status, and a sentence for the author of the client.
package struct HTTPRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The status of the answer.
    package let status: HTTPStatus
    /// The sentence; it repeats nothing that the client has sent.
    package let reason: String

    /// Makes a refusal.
    package init(_ status: HTTPStatus, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    /// Makes a refusal of a request that is malformed.
    package static func malformed(_ reason: String) -> HTTPRefusal {
        HTTPRefusal(.badRequest, reason)
    }

    /// `400: a line ends without CR`.
    package var description: String { "\(status.code): \(reason)" }
}
