/// The kind of a frame (RFC 6455, 5.2).
package enum WebSocketOpcode: UInt8, Sendable {
    /// A further part of a message.
    case continuation = 0
    /// A message of text, or its first part.
    case text = 1
    /// A message of bytes, or its first part.
    case binary = 2
    /// The end of the connection.
    case close = 8
    /// A question whether the other side is there.
    case ping = 9
    /// The answer to a ping.
    case pong = 10

    /// True if it is about the connection, and not a part of a message.
    package var isControl: Bool { rawValue & 8 != 0 }
}
