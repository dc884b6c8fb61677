/// Lines of files or streams on their way to the bus: put together by the thread that reads them,
/// bytes that are copied once and no string for any of them.
///
/// Confined to whoever has it: first the reader, then, handed over whole, the bus.
package final class LineBlock: @unchecked Sendable {  // see the line above
    /// The file or stream that lines come from.
    package struct Origin: Sendable, Hashable {
        /// Who says them.
        package var name: String
        /// What their origin calls it: a path.
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

    /// Lines in a block at most: as many as a room's readers look at before its log lets them go.
    package static let lines = 1_024
    /// Bytes of text in a block, unless one line alone has more.
    package static let bytes = 256 << 10

    private let bound: Int

    /// Makes an empty block.
    ///
    /// - Parameters:
    ///   - lines: as many as may be in it.
    ///   - bytes: bytes of text that may be in it, unless one line alone has more.
    package init(lines: Int = LineBlock.lines, bytes: Int = LineBlock.bytes) {
        arena = MessageArena(capacity: lines, bytes: bytes)
        bound = bytes
    }

    /// How many lines it holds.
    package var count: Int { arena.count }
    /// Bytes of text it holds.
    package var byteCount: Int { arena.storage.count }

    /// Whether a line of so many bytes finds a place.
    package func hasRoom(for bytes: Int) -> Bool {
        count == 0 || (count < arena.capacity && byteCount + bytes <= bound)
    }

    /// Says where the lines that follow come from.
    ///
    /// - Parameters:
    ///   - position: a position in the source that none of them stands before.
    ///   - said: when they were written at the latest, in milliseconds since 1970.
    package func begin(_ origin: Origin, at position: UInt64, said: Int64? = nil) {
        if origins.last != origin {
            origins.append(origin)
            details = nil
        }
        // A file that grows has another time with each line: seconds are enough.
        let said = said.map { $0 - $0 % 1_000 }
        if details == nil || details?.said != said || position < start
            || position - start > UInt64(UInt32.max / 2)
        {
            start = position
            details = MessageDetails(channel: origin.channel, start: position, said: said)
        }
    }

    /// Adds a line, or several with LF between them, that stand at a position of the source.
    ///
    /// Control characters are removed, and what is not UTF-8 becomes U+FFFD.
    /// The caller has asked `hasRoom`.
    ///
    /// - Parameter isPlain: whether it is known to be nothing but printable ASCII.
    /// - Returns: whether there was anything to add: not if it is nothing but white space.
    @discardableResult
    package func append(
        _ text: UnsafeRawBufferPointer, at position: UInt64, isPlain: Bool = false
    ) -> Bool {
        var header = MessageHeader()
        header.position = UInt32(truncatingIfNeeded: position - start)
        if isPlain || TextScan.isPrintableASCII(text) {
            return add(text, header)
        }
        let cleaned = TextCleaning.cleaned(repairing: text, lineEndings: .kept)
        return cleaned.withUnsafeBytes { cleaned in
            if cleaned.count < text.count { header.flags.insert(.hadControls) }
            if cleaned.contains(0x0A) { header.flags.insert(.hasLines) }
            return add(cleaned, header)
        }
    }

    private func add(_ text: UnsafeRawBufferPointer, _ header: MessageHeader) -> Bool {
        if TextTrimming.isBlank(text) { return false }
        var header = header
        header.place(at: arena.write(text), count: text.count)
        arena.append(
            placed: header, senderIndex: UInt16(truncatingIfNeeded: origins.count - 1),
            details: details)
        return true
    }
}
