import MessageBus

/// Stored messages as lines of a transcript's form, without the first lines, which were sent
/// already.
///
/// Owned by the replay that fills it; confined to the bus's loop.
package struct EncodedPage {
    /// Bytes of the longest line, as in the transcript.
    private let longest: Int
    private var skipping: Int
    private var counts: [(number: MessageNumber, lines: Int)] = []
    /// The lines that are shown.
    package private(set) var bytes: [UInt8] = []
    /// The number of lines, including those that are not shown.
    package private(set) var count = 0

    /// Makes an empty page.
    ///
    /// - Parameters:
    ///   - skipping: the number of lines to leave out at the beginning.
    ///   - longest: bytes of the longest line.
    package init(skipping: Int = 0, longest: Int) {
        self.skipping = skipping
        self.longest = longest
    }

    /// Appends a message's lines.
    ///
    /// - Parameter isShown: false if they only count.
    package mutating func append(
        _ message: Message, isShown: Bool = true, as encoder: some MessageEncoder
    ) {
        let before = count
        if message.header.isDeleted {
            // It is not shown, but its lines were counted.
            for _ in 0..<encoder.lineCount(ofDeleted: message) { countLine() }
        } else if encoder.framing == .lines {
            var lines: [UInt8] = []
            encoder.append(message, longest: longest, to: &lines)
            append(lines, isShown: isShown)
        } else {
            var units: [UInt8] = []
            encoder.append(message, longest: longest, to: &units)
            var rest = units[...]
            while !rest.isEmpty {
                let unit = rest.prefix(Self.unitCount(of: rest, encoder.framing))
                rest = rest[unit.endIndex...]
                if countLine(), isShown { bytes.append(contentsOf: unit) }
            }
        }
        counts.append((message.number, count - before))
    }

    /// Returns the bytes of the first unit: a frame, or all that is there.
    private static func unitCount(of bytes: ArraySlice<UInt8>, _ framing: TranscriptFraming) -> Int
    {
        guard framing == .webSocketFrames, bytes.count > 1 else { return bytes.count }
        let lengthBytes = [126: 2, 127: 8][Int(bytes[bytes.startIndex + 1])] ?? 0
        if lengthBytes == 0 { return 2 + Int(bytes[bytes.startIndex + 1]) }
        return bytes.dropFirst(2).prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) } + 2
            + lengthBytes
    }

    private mutating func append(_ lines: [UInt8], isShown: Bool) {
        var rest = lines[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            if countLine(), isShown { bytes.append(contentsOf: line) }
        }
    }

    /// Counts a line, and returns false if it was sent already.
    @discardableResult
    private mutating func countLine() -> Bool {
        if skipping > 0 {
            skipping -= 1
            return false
        }
        count += 1
        return true
    }

    /// Returns the number of lines of the messages after one.
    package func lines(after number: MessageNumber) -> Int {
        counts.reduce(0) { $1.number > number ? $0 + $1.lines : $0 }
    }
}
