/// Lines of files or streams on their way to the bus: assembled by the thread that reads them, as
/// bytes that are copied once and never made into strings.
///
/// Owned by one holder at a time: first the reader, then, handed over whole, the bus.
package final class LineBlock: @unchecked Sendable {  // handed over whole
    /// The file or stream that lines come from.
    package struct Origin: Sendable, Hashable {
        /// The name that the lines are published under.
        package var name: String
        /// The origin's own name: a path.
        package var channel: String

        package init(name: String, channel: String) {
            self.name = name
            self.channel = channel
        }
    }

    let arena: MessageArena
    private(set) var origins: [Origin] = []
    private var start: UInt64 = 0
    private var details: MessageDetails?

    /// The most lines in a block: as many as a room's readers read before its log lets them go.
    package static let lines = 1_024
    /// The most bytes of text in a block, unless one line alone has more.
    package static let bytes = 256 << 10

    private let bound: Int

    /// Makes an empty block.
    ///
    /// - Parameters:
    ///   - lines: the most lines in it.
    ///   - bytes: the most bytes of text in it, unless one line alone has more.
    package init(lines: Int = LineBlock.lines, bytes: Int = LineBlock.bytes) {
        arena = MessageArena(capacity: lines, bytes: bytes)
        bound = bytes
    }

    /// Number of lines in it.
    package var count: Int { arena.count }
    /// Bytes of text it holds.
    package var byteCount: Int { arena.storage.count }

    /// Returns whether a line of so many bytes fits.
    package func hasCapacity(for bytes: Int) -> Bool {
        count == 0 || (count < arena.capacity && byteCount + bytes <= bound)
    }

    /// Sets the origin of the lines that follow.
    ///
    /// - Parameters:
    ///   - position: a position in the source before which none of the lines stands.
    ///   - said: the latest time at which the lines were written.
    package func begin(_ origin: Origin, at position: UInt64, said: Timestamp? = nil) {
        if origins.last != origin {
            origins.append(origin)
            details = nil
        }
        // A file that grows has another time with each line: seconds are enough.
        let said = said.map {
            Timestamp(milliseconds: $0.milliseconds - $0.milliseconds % 1_000)
        }
        if details == nil || details?.said != said || position < start
            || position - start > UInt64(UInt32.max / 2)
        {
            start = position
            details = MessageDetails(channel: origin.channel, start: position, said: said)
        }
    }

    /// Appends a line, or several with LF between them, from a position of the source.
    ///
    /// Control characters are removed, and bytes that are not UTF-8 become U+FFFD. The caller has
    /// asked `hasCapacity`.
    ///
    /// - Parameter isPlain: true if the line is known to be printable ASCII.
    /// - Returns: false if there was nothing to append because the line is blank.
    @discardableResult
    @safe package func append(
        _ text: UnsafeRawBufferPointer, at position: UInt64, isPlain: Bool = false
    ) -> Bool {
        var header = MessageHeader()
        header.position = UInt32(truncatingIfNeeded: position - start)
        if isPlain || TextScan.isPrintableASCII(text) {
            return unsafe append(text, header)
        }
        let (cleaned, hadControls) = TextCleaning.cleanedLines(repairing: text)
        if hadControls { header.flags.insert(.hadControls) }
        return unsafe cleaned.withUnsafeBytes { cleaned in
            if unsafe cleaned.contains(0x0A) { header.flags.insert(.hasLines) }
            return unsafe append(cleaned, header)
        }
    }

    private func append(_ text: UnsafeRawBufferPointer, _ header: MessageHeader) -> Bool {
        if TextTrimming.isBlank(text) { return false }
        var header = header
        header.place(at: arena.write(text), count: text.count)
        arena.append(
            placed: header, senderIndex: UInt16(truncatingIfNeeded: origins.count - 1),
            details: details)
        return true
    }
}
