import MessageBus
import Sockets

// Earlier messages, as lines of an answer or as the room saw them.
extension ChatEncoder {
    /// Appends a message's lines as the room saw them.
    ///
    /// - Parameter longest: bytes of a line at most, ending included; longer lines are cut, as in
    ///   the room.
    package func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {
        append(message, behind: [], longest: longest, to: &bytes)
    }

    /// Appends a message's lines, each after a heading, the message's number and its time.
    package func appendListed(
        _ message: Message, heading: String, longest: Int, to bytes: inout [UInt8]
    ) {
        var front = Array("\(heading)#\(message.number) ".utf8)
        LocalTime.append(message.time, to: &front)
        front.append(UInt8(ascii: " "))
        append(message.listed, behind: front, longest: longest, to: &bytes)
    }

    private func append(
        _ message: Message, behind front: [UInt8], longest: Int, to bytes: inout [UInt8]
    ) {
        var lines: [UInt8] = []
        append(message, to: &lines)
        unsafe lines.withUnsafeBytes { lines in
            var start = 0
            while let end = lines.offset(of: UInt8(ascii: "\n"), from: start) {
                let line = lines.part(start..<end)
                // Three bytes for the ellipsis, one for the ending.
                let cut = Self.fittingCount(of: line, within: max(0, longest - 4 - front.count))
                bytes.append(contentsOf: front)
                unsafe bytes.append(contentsOf: line[..<cut])
                if cut < line.count { bytes.append(contentsOf: "…".utf8) }
                bytes.append(UInt8(ascii: "\n"))
                start = end + 1
            }
        }
    }
}

extension Message {
    /// The message as lists show it: a deleted one says who deleted it, the same in every language.
    package var listed: Message {
        guard header.isDeleted, let deleter else { return self }
        var message = self
        message.header.flags.remove([.deleted, .hasLines])
        message.text = "[deleted by \(deleter)]"
        return message
    }
}
