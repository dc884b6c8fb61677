import IRC

/// The lines in what a client sends, each within the bounds of IRC.
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct InputLines {
    /// The next piece of input.
    enum Line: Equatable {
        /// A line without its ending.
        case line([UInt8])
        /// A line with too many bytes; the rest of the line is skipped.
        case tooLong
    }

    private var bytes: [UInt8] = []
    private var start = 0
    /// True until the end of a line that was too long.
    private var isSkipping = false
    /// True if bytes wait that may hold another line.
    private(set) var hasMore = false

    /// The most bytes of a line, including the tags in front.
    static let maxBytes = IRCMessage.maxClientTags + IRCMessage.maxLine

    /// Takes what has come.
    mutating func append(_ more: some Collection<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
        hasMore = true
    }

    /// Forgets what waits.
    mutating func removeAll() { (bytes, start, hasMore) = ([], 0, false) }

    /// Returns the next line; `nil` until more comes.
    mutating func next() -> Line? {
        while true {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else {
                let isWithinBounds = bytes.count - start <= Self.maxBytes
                hasMore = false
                if isWithinBounds, start < bytes.count { return nil }
                // An idle client keeps no memory for it.
                removeAll()
                if isWithinBounds || isSkipping { return nil }
                isSkipping = true
                return .tooLong
            }
            var line = bytes[start..<end]
            start = end + 1
            if isSkipping {
                isSkipping = false
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            return Self.isTooLong(line) ? .tooLong : .line(Array(line))
        }
    }

    /// Returns whether a line has more bytes than it may, without its ending.
    static func isTooLong(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "@") else { return line.count > IRCMessage.maxLine - 2 }
        let end = line.firstIndex(of: 0x20) ?? line.endIndex
        let tags = line[..<end]
        return tags.count + 1 > IRCMessage.maxClientTags
            || line.count - tags.count - 1 > IRCMessage.maxLine - 2
    }
}
