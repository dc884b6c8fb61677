import Sockets

extension ClientForm.Transport {
    /// Appends lines as the transport carries them.
    func append(_ lines: [UInt8], to bytes: inout [UInt8]) {
        guard self != .lines else {
            bytes += lines
            return
        }
        for line in lines.split(separator: 0x0A) {
            WebSocketFrame.append(
                self == .textFrames ? .text : .binary, line.dropLast(), to: &bytes)
        }
    }

    /// Returns lines as the transport carries them.
    func framed(_ lines: [UInt8]) -> [UInt8] {
        if self == .lines { return lines }
        var frames: [UInt8] = []
        append(lines, to: &frames)
        return frames
    }
}
