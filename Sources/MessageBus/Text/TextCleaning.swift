/// The removal of characters that could take over a terminal or forge a line.
///
/// Removed are control characters but tab (C0, DEL, C1) and the bidirectional embeddings, overrides
/// and isolates; U+2028 and U+2029 become a space. The text must be UTF-8 (`TextEncoding`): then
/// whole characters go, what is left touches only at their borders, and no new hazard can arise
/// from the halves. So cleaning what is clean changes nothing.
public enum TextCleaning {
    /// The treatment of line endings inside a text.
    public enum LineEndings: Sendable {
        /// The text is one line: LF and CR are removed.
        case removed
        /// The text may have several lines: LF stays, CR LF and a lone CR become LF.
        case kept
    }

    /// Cleans in place and returns the new count, never larger than the old one.
    ///
    /// The bytes must be valid UTF-8. Plain ASCII costs a few nanoseconds.
    @safe package static func clean(
        _ bytes: UnsafeMutableRawBufferPointer, lineEndings: LineEndings = .removed
    ) -> Int {
        let source = UnsafeRawBufferPointer(bytes)
        if TextScan.isPrintableASCII(source) { return bytes.count }
        let start = unsafe hazardFreePrefix(source, lineEndings: lineEndings)
        if start == bytes.count { return start }
        return unsafe rewrite(source, from: start, into: bytes, lineEndings: lineEndings)
    }

    /// Writes the clean text to the front of `destination` and returns its count, never larger than
    /// the source's.
    ///
    /// The source must be valid UTF-8. The destination must have room for the whole source and must
    /// not overlap it, unless both begin at the same address.
    @safe package static func clean(
        _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer,
        lineEndings: LineEndings = .removed
    ) -> Int {
        precondition(destination.count >= source.count, "the source may be clean and need all room")
        let start = unsafe hazardFreePrefix(source, lineEndings: lineEndings)
        unsafe destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<start]))
        if start == source.count { return start }
        return unsafe rewrite(source, from: start, into: destination, lineEndings: lineEndings)
    }

    /// Returns a clean copy of bytes that may not be UTF-8, for a sender who can't be told so: each
    /// wrong piece becomes U+FFFD, so the result may be up to three times as long.
    @safe public static func cleaned(
        repairing bytes: UnsafeRawBufferPointer, lineEndings: LineEndings
    ) -> [UInt8] {
        var result =
            unsafe TextScan.isPrintableASCII(bytes) ? Array(bytes) : TextEncoding.repaired(bytes)
        let count = unsafe result.withUnsafeMutableBytes { clean($0, lineEndings: lineEndings) }
        result.removeLast(result.count - count)
        return result
    }

    /// Returns a clean copy of bytes of one or more lines that may not be UTF-8, as
    /// `cleaned(repairing:lineEndings:)` does, and true if characters other than line endings had
    /// to be removed.
    @safe package static func cleanedLines(
        repairing bytes: UnsafeRawBufferPointer
    ) -> (bytes: [UInt8], hadControls: Bool) {
        // Repairing makes a text longer: the repaired text is compared, not the original one.
        var result = TextEncoding.repaired(bytes)
        let count = unsafe result.withUnsafeMutableBytes { clean($0, lineEndings: .kept) }
        let removed = result.count - count
        if removed == 0 { return (result, false) }
        result.removeLast(removed)
        // A CR LF loses its CR, which is not a control character.
        let endings = unsafe zip(bytes, bytes.dropFirst()).count { $0 == 0x0D && $1 == 0x0A }
        return (result, removed > endings)
    }

    /// Returns whether cleaning would change nothing; the bytes must be valid UTF-8.
    @safe package static func isClean(
        _ bytes: UnsafeRawBufferPointer, lineEndings: LineEndings = .removed
    ) -> Bool {
        unsafe TextScan.isPrintableASCII(bytes)
            || hazardFreePrefix(bytes, lineEndings: lineEndings) == bytes.count
    }

    /// Returns the number of bytes before the first one that cleaning would change.
    private static func hazardFreePrefix(
        _ bytes: UnsafeRawBufferPointer, lineEndings: LineEndings
    ) -> Int {
        var offset = TextScan.plainPrefix(bytes)
        while offset < bytes.count {
            let byte = unsafe bytes[offset]
            // All other lead and continuation bytes belong to characters that stay.
            if byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 {
                guard case .kept(let length) = unsafe piece(bytes, offset, lineEndings) else {
                    return offset
                }
                offset &+= length
            } else {
                offset &+= 1
            }
        }
        return offset
    }

    private static func rewrite(
        _ source: UnsafeRawBufferPointer, from start: Int,
        into destination: UnsafeMutableRawBufferPointer, lineEndings: LineEndings
    ) -> Int {
        var read = start
        var written = start
        while read < source.count {
            switch unsafe piece(source, read, lineEndings) {
            case .kept(let length):
                for _ in 0..<length {
                    unsafe destination[written] = source[read]
                    written &+= 1
                    read &+= 1
                }
            case .removed(let length):
                read &+= length
            case .replaced(let length, let byte):
                unsafe destination[written] = byte
                written &+= 1
                read &+= length
            }
        }
        return written
    }

    private enum Piece {
        case kept(Int)
        case removed(Int)
        case replaced(Int, by: UInt8)
    }

    /// Returns what replaces the next bytes; a kept piece may be one byte of a longer character.
    @inline(__always)
    private static func piece(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ lineEndings: LineEndings
    ) -> Piece {
        let byte = unsafe bytes[offset]
        let left = bytes.count &- offset
        switch byte {
        case 0x09: return .kept(1)
        case 0x0A: return lineEndings == .kept ? .kept(1) : .removed(1)
        case 0x0D:
            if lineEndings == .removed { return .removed(1) }
            return unsafe .replaced(left > 1 && bytes[offset &+ 1] == 0x0A ? 2 : 1, by: 0x0A)
        case 0x00..<0x20, 0x7F: return .removed(1)
        case 0xC2 where unsafe left > 1 && bytes[offset &+ 1] < 0xA0: return .removed(2)
        case 0xE2 where left > 2:
            return unsafe generalPunctuation(bytes[offset &+ 1], bytes[offset &+ 2])
        default: return .kept(1)
        }
    }

    /// U+2000 to U+2FFF, of which a few in U+2000 to U+207F are hazards; the bytes after 0xE2.
    private static func generalPunctuation(_ second: UInt8, _ third: UInt8) -> Piece {
        switch (second, third) {
        case (0x80, 0xA8), (0x80, 0xA9): .replaced(3, by: 0x20)
        case (0x80, 0xAA...0xAE), (0x81, 0xA6...0xA9): .removed(3)
        default: .kept(3)
        }
    }
}
