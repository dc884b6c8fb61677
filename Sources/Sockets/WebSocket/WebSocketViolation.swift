/// The reason for which a client's frames are not read any further.
package struct WebSocketViolation: Error, Sendable, Equatable {
    /// The code that the client is closed with.
    package let code: WebSocketCloseCode
    /// A sentence for whoever wrote the client: at most 123 bytes.
    package let reason: String
}
