import Glibc

// The ends of units, by the transcript's form. Units are called lines, because most of them are.
extension Transcript {
    /// Returns the position after a line.
    ///
    /// - Parameter position: the line's beginning, which must be kept; among `.lines` any position
    ///   in it will do.
    package func endOfLine(at position: TranscriptOffset) -> TranscriptOffset {
        switch framing {
        case .lines: endOfPlainLine(at: position)
        case .webSocketFrames: endOfFrame(at: position)
        case .blocks: endOfBlock(at: position)
        }
    }

    /// Returns the end of the line that a position is in, or the position itself if it is between
    /// two lines.
    ///
    /// - Parameter start: the beginning of that line, or of an earlier one, which must be kept.
    package func boundary(
        atOrAfter position: TranscriptOffset, from start: TranscriptOffset
    ) -> TranscriptOffset {
        var at = start
        if let mark = mark(before: position), mark.position > start { at = mark.position }
        while at < position { at = endOfLine(at: at) }
        return at
    }

    /// Returns the number of lines from one position to another; lines must begin at both.
    func lineEndings(from start: TranscriptOffset, to end: TranscriptOffset) -> Int {
        var (at, count) = (start, 0)
        while at < end {
            if framing != .lines {
                at = endOfLine(at: at)
                count += 1
                continue
            }
            let bytes = unsafe span(from: at, to: end)
            count += unsafe bytes.count { $0 == UInt8(ascii: "\n") }
            at += bytes.count
        }
        return count
    }

    private func endOfPlainLine(at position: TranscriptOffset) -> TranscriptOffset {
        var at = position
        while at < head {
            let bytes = unsafe span(from: at, to: head)
            if let start = bytes.baseAddress, let end = unsafe memchr(start, 10, bytes.count) {
                return unsafe at + (UnsafeRawPointer(end) - start + 1)
            }
            at += bytes.count
        }
        return head
    }

    private func endOfBlock(at position: TranscriptOffset) -> TranscriptOffset {
        var at = position
        while at < head {
            let end = endOfPlainLine(at: at)
            if end - at == 1 { return end }
            at = end
        }
        return head
    }

    private func endOfFrame(at position: TranscriptOffset) -> TranscriptOffset {
        guard head - position >= 2 else { return head }
        let short = byte(at: position + 1)
        let (bytes, length) =
            switch short {
            case 126: (2, bigEndian(at: position + 2, bytes: 2))
            case 127: (8, bigEndian(at: position + 2, bytes: 8))
            default: (0, Int(short))
            }
        return min(head, position + (2 + bytes + length))
    }

    private func bigEndian(at position: TranscriptOffset, bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 << 8 | Int(byte(at: position + $1)) }
    }

    private func byte(at position: TranscriptOffset) -> UInt8 {
        unsafe span(from: position, to: position + 1)[0]
    }
}
