import Sockets

/// A text frame as a server sends it: one message in one frame, not masked (RFC 6455, section 5.2).
package enum WebSocketTextFrame {
    /// Writes a frame around a payload into memory with space for ten bytes more than the payload.
    ///
    /// - Parameter payload: writes the payload and returns its length.
    static func write(
        at place: UnsafeMutableRawPointer, _ payload: (UnsafeMutableRawPointer) -> Int
    ) -> Int {
        // Nearly all events take 126 bytes to 64 KiB; the others are moved into place afterwards.
        let usual = 4
        let count = unsafe payload(place + usual)
        let header = WebSocketFrame.headerCount(forPayload: count)
        if header != usual {
            unsafe (place + header).copyMemory(from: place + usual, byteCount: count)
        }
        return unsafe WebSocketFrame.writeHeader(.text, payload: count, to: place) + count
    }

    /// Returns a frame around some text.
    package static func make(_ text: some Collection<UInt8>) -> [UInt8] {
        var frame: [UInt8] = []
        WebSocketFrame.append(.text, text, to: &frame)
        return frame
    }
}
