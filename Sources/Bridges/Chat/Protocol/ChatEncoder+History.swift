import MessageBus

// What was said before, as lines of an answer or as they were.
extension ChatEncoder {
    /// Appends a message's lines as the room saw them.
    ///
    /// - Parameter longest: bytes of a line, ending included; what is longer is cut, as in the room.
    package func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {
        append(message, behind: [], longest: longest, to: &bytes)
    }

    /// Appends a message's lines, each behind a heading, its number and its time.
    package func appendListed(
        _ message: Message, heading: String, longest: Int, to bytes: inout [UInt8]
    ) {
        var front = Array("\(heading)#\(message.number) ".utf8)
        LocalTime.append(message.time, to: &front)
        front.append(UInt8(ascii: " "))
        append(message, behind: front, longest: longest, to: &bytes)
    }

    private func append(
        _ message: Message, behind front: [UInt8], longest: Int, to bytes: inout [UInt8]
    ) {
        var lines: [UInt8] = []
        append(message, to: &lines)
        lines.withUnsafeBytes { lines in
            var rest = lines[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
                // Three bytes for the sign that it was cut, one for the ending.
                let cut = Self.cut(line, to: max(0, longest - 4 - front.count))
                bytes.append(contentsOf: front)
                bytes.append(contentsOf: line[..<cut])
                if cut < line.count { bytes.append(contentsOf: "…".utf8) }
                bytes.append(UInt8(ascii: "\n"))
                rest = rest[(end + 1)...]
            }
        }
    }
}
