/// The encoder of a server's frames: whole messages, unmasked (RFC 6455, 5.2).
package enum WebSocketFrame {
    /// Bytes of a frame's header at most.
    package static let maxHeader = 10
    /// Bytes of a control frame's payload at most (RFC 6455, 5.5).
    package static let maxControlPayload = 125

    /// Returns the bytes of the header for a payload: 2, 4 or 10.
    @inline(__always)
    package static func headerCount(forPayload count: Int) -> Int {
        count < 126 ? 2 : count <= 0xFFFF ? 4 : 10
    }

    /// Writes the header of a frame that is a whole message.
    ///
    /// - Parameters:
    ///   - count: bytes of the payload.
    ///   - target: memory for at least `headerCount(forPayload:)` bytes.
    /// - Returns: how many bytes it has written.
    @inline(__always)
    @discardableResult
    package static func writeHeader(
        _ opcode: WebSocketOpcode, payload count: Int, to target: UnsafeMutableRawPointer
    ) -> Int {
        unsafe target.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
        switch count {
        case ..<126:
            unsafe target.storeBytes(
                of: UInt8(truncatingIfNeeded: count), toByteOffset: 1, as: UInt8.self)
            return 2
        case ...0xFFFF:
            unsafe target.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt16(truncatingIfNeeded: count).bigEndian, toByteOffset: 2, as: UInt16.self)
            return 4
        default:
            unsafe target.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt64(truncatingIfNeeded: count).bigEndian, toByteOffset: 2, as: UInt64.self)
            return 10
        }
    }

    /// Appends a frame that is a whole message.
    package static func append(
        _ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, to bytes: inout [UInt8]
    ) {
        unsafe withUnsafeTemporaryAllocation(byteCount: maxHeader, alignment: 8) { header in
            guard let start = header.baseAddress else { return }
            let count = unsafe writeHeader(opcode, payload: payload.count, to: start)
            unsafe bytes.append(contentsOf: header[..<count])
        }
        bytes.append(contentsOf: payload)
    }

    /// Appends a close frame.
    ///
    /// - Parameter reason: a sentence, cut at the end of a character if it is longer than 123
    ///   bytes.
    package static func appendClose(
        _ code: WebSocketCloseCode, _ reason: String = "", to bytes: inout [UInt8]
    ) {
        var payload = [UInt8(code.number >> 8), UInt8(code.number & 0xFF)]
        for character in reason.unicodeScalars {
            let encoded = Array(String(character).utf8)
            if payload.count + encoded.count > maxControlPayload { break }
            payload += encoded
        }
        append(.close, payload, to: &bytes)
    }
}
