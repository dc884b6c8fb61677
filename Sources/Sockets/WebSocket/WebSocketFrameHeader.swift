/// The header of a client's frame (RFC 6455, 5.2).
struct WebSocketFrameHeader {
    let opcode: WebSocketOpcode
    /// True for the last frame of a message.
    let isFinal: Bool
    /// Bytes of the payload.
    let count: Int
    /// Bytes of the header, with the mask.
    let headerCount: Int

    /// Reads a header as far as it has come.
    ///
    /// - Returns: `nil` until its length is known; the mask may still be missing then.
    /// - Throws: `WebSocketViolation` at the first byte that is not allowed.
    init?(_ bytes: [UInt8]) throws(WebSocketViolation) {
        guard let first = bytes.first else { return nil }
        guard first & 0x70 == 0 else { throw Self.violation("a reserved bit is set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw Self.violation("a frame has an unknown opcode")
        }
        (self.opcode, isFinal) = (opcode, first & 0x80 != 0)
        guard isFinal || !opcode.isControl else {
            throw Self.violation("a control frame is fragmented")
        }
        guard bytes.count > 1 else { return nil }
        guard bytes[1] & 0x80 != 0 else { throw Self.violation("a frame is not masked") }
        let short = Int(bytes[1] & 0x7F)
        guard short < 126 || !opcode.isControl else {
            throw Self.violation("a control frame has more than 125 bytes")
        }
        let extra = short < 126 ? 0 : short == 126 ? 2 : 8
        headerCount = 2 + extra + 4
        guard bytes.count >= 2 + extra else { return nil }
        if extra == 0 {
            count = short
            return
        }
        let length = bytes[2..<(2 + extra)].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard length >> 63 == 0, length > (extra == 2 ? 125 : 0xFFFF) else {
            throw Self.violation("a length is not in its shortest form")
        }
        count = Int(length)
    }

    private static func violation(_ reason: String) -> WebSocketViolation {
        WebSocketViolation(code: .protocolError, reason: reason)
    }
}
