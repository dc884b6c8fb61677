/// The reason for which a connection ends, as a number (RFC 6455, 7.4).
package struct WebSocketCloseCode: Sendable, Hashable {
    /// The number.
    package let number: UInt16

    /// Makes a code.
    package init(_ number: UInt16) { self.number = number }

    /// The purpose is fulfilled.
    package static let normal = WebSocketCloseCode(1_000)
    /// The server stops, or the page is left.
    package static let goingAway = WebSocketCloseCode(1_001)
    /// A violation of the protocol.
    package static let protocolError = WebSocketCloseCode(1_002)
    /// A kind of message that is not taken: binary.
    package static let unsupportedData = WebSocketCloseCode(1_003)
    /// A text that is not UTF-8.
    package static let invalidText = WebSocketCloseCode(1_007)
    /// A message against the rules of this server.
    package static let policyViolation = WebSocketCloseCode(1_008)
    /// A message that is too long.
    package static let messageTooBig = WebSocketCloseCode(1_009)

    /// True if a frame may say it: 1005, 1006 and 1015 only mean that no frame did.
    package var maySend: Bool {
        switch number {
        case 1_000...1_003, 1_007...1_014, 3_000...4_999: true
        default: false
        }
    }
}
