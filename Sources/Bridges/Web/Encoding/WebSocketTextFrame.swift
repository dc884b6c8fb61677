/// A text frame as a server sends it: one message in one frame, not masked (RFC 6455, section 5.2).
package enum WebSocketTextFrame {
    /// FIN, and the opcode of text.
    private static let first: UInt8 = 0x81

    /// Writes a frame around a payload; ten bytes more than the payload must be there.
    ///
    /// - Parameter payload: writes the payload and returns its length.
    static func write(
        at place: UnsafeMutableRawPointer, _ payload: (UnsafeMutableRawPointer) -> Int
    ) -> Int {
        // Nearly all events take 126 bytes to 64 KiB; others are moved to where they belong.
        let count = payload(place + 4)
        let header = headerCount(for: count)
        if header != 4 { (place + header).copyMemory(from: place + 4, byteCount: count) }
        place.storeBytes(of: first, as: UInt8.self)
        switch header {
        case 2: place.storeBytes(of: UInt8(count), toByteOffset: 1, as: UInt8.self)
        case 4:
            place.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            place.storeBytes(of: UInt16(count).bigEndian, toByteOffset: 2, as: UInt16.self)
        default:
            place.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
            place.storeBytes(of: UInt64(count).bigEndian, toByteOffset: 2, as: UInt64.self)
        }
        return header + count
    }

    /// Returns a frame around some text.
    package static func make(_ text: some Collection<UInt8>) -> [UInt8] {
        let count = text.count
        var frame: [UInt8] = [first]
        switch headerCount(for: count) {
        case 2: frame.append(UInt8(count))
        case 4: frame += [126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default:
            frame.append(127)
            for shift in (0..<8).reversed() { frame.append(UInt8(count >> (8 * shift) & 0xFF)) }
        }
        frame.append(contentsOf: text)
        return frame
    }

    private static func headerCount(for payload: Int) -> Int {
        payload < 126 ? 2 : payload < 1 << 16 ? 4 : 10
    }
}
