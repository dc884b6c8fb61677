/// A file's format: encoding and line endings.
struct FileFormat: Equatable, Sendable {
    /// The encoding of characters.
    enum Encoding: Sendable {
        /// The file is too short to tell.
        case unknown
        /// UTF-8, or any other encoding in which one byte ends a line.
        case bytes
        case utf16LittleEndian
        case utf16BigEndian
    }

    /// The end of a line.
    enum Ending: Sendable {
        case unknown
        case lineFeed
        case carriageReturn
        /// There are carriage returns only, and too little to tell that it will remain so.
        case undecided
    }

    var encoding = Encoding.unknown
    var ending = Ending.unknown

    /// The bytes without a line feed after which carriage returns end lines.
    static let decisive = 64 << 10

    /// True if characters have two bytes or four.
    var isWide: Bool { encoding == .utf16LittleEndian || encoding == .utf16BigEndian }

    /// True if silence decides that carriage returns end lines.
    var isUndecided: Bool { ending == .undecided }

    /// The encoding of a file that begins with these bytes.
    static func encoding(of first: some Collection<UInt8>) -> Encoding {
        if first.count < 2 { return .unknown }
        // An encoding with four bytes per character has the same mark, followed by two NULs.
        if first.starts(with: [0xFF, 0xFE, 0, 0]) { return .bytes }
        if first.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        return first.starts(with: [0xFE, 0xFF]) ? .utf16BigEndian : .bytes
    }

    /// Returns the place behind the last line end in bytes that lie at an offset in the file.
    func lastLineEnd(in bytes: [UInt8], at offset: UInt64) -> Int? {
        guard isWide else { return bytes.lastIndex(of: 0x0A).map { $0 + 1 } }
        var place = bytes.count - Int((offset + UInt64(bytes.count)) % 2)
        while place >= 2 {
            if isLineFeed(bytes[place - 2], bytes[place - 1]) { return place }
            place -= 2
        }
        return nil
    }

    /// Returns the place of the first line end in bytes that lie at an offset in the file, and the
    /// place behind it.
    func firstLineEnd(
        in bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) -> (place: Int, next: Int)? {
        guard isWide else {
            return unsafe bytes.firstIndex(of: 0x0A).map { ($0, $0 + 1) }
        }
        var place = Int(offset % 2)
        while place + 1 < bytes.count {
            if unsafe isLineFeed(bytes[place], bytes[place + 1]) { return (place, place + 2) }
            place += 2
        }
        return nil
    }

    private func isLineFeed(_ first: UInt8, _ second: UInt8) -> Bool {
        encoding == .utf16LittleEndian ? first == 0x0A && second == 0 : first == 0 && second == 0x0A
    }
}
