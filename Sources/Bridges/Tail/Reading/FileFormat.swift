import Glibc

/// How what is in a file is written: in which encoding, and what ends its lines.
struct FileFormat: Equatable, Sendable {
    /// How characters are written.
    enum Encoding: Sendable {
        /// The file is too short to tell.
        case unknown
        /// UTF-8, or whatever else has a byte for a line's end.
        case bytes
        case utf16LittleEndian
        case utf16BigEndian
    }

    /// What ends a line.
    enum Ending: Sendable {
        case unknown
        case lineFeed
        case carriageReturn
        /// There are carriage returns only, and too little to tell that it will remain so.
        case undecided
    }

    var encoding = Encoding.unknown
    var ending = Ending.unknown

    /// Bytes without a line feed from which on carriage returns end lines.
    static let decisive = 64 << 10

    /// Whether characters have two bytes or four.
    var isWide: Bool { encoding == .utf16LittleEndian || encoding == .utf16BigEndian }

    /// Whether silence decides that carriage returns end lines.
    var isUndecided: Bool { ending == .undecided }

    /// The encoding of a file that begins with these bytes.
    static func encoding(of first: some Collection<UInt8>) -> Encoding {
        if first.count < 2 { return .unknown }
        // Four bytes a character have the same mark with two NULs behind it.
        if first.starts(with: [0xFF, 0xFE, 0, 0]) { return .bytes }
        if first.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        return first.starts(with: [0xFE, 0xFF]) ? .utf16BigEndian : .bytes
    }

    /// The place behind the last line end in bytes that stand at a place in the file.
    func lastLineEnd(in bytes: [UInt8], at offset: UInt64) -> Int? {
        guard isWide else { return bytes.lastIndex(of: 0x0A).map { $0 + 1 } }
        var place = bytes.count - Int((offset + UInt64(bytes.count)) % 2)
        while place >= 2 {
            if isLineFeed(bytes[place - 2], bytes[place - 1]) { return place }
            place -= 2
        }
        return nil
    }

    /// The place of the first line end in bytes that stand at a place in the file, and behind it.
    func firstLineEnd(
        in bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) -> (place: Int, next: Int)? {
        guard isWide else {
            return bytes.firstIndex(of: 0x0A).map { ($0, $0 + 1) }
        }
        var place = Int(offset % 2)
        while place + 1 < bytes.count {
            if isLineFeed(bytes[place], bytes[place + 1]) { return (place, place + 2) }
            place += 2
        }
        return nil
    }

    private func isLineFeed(_ first: UInt8, _ second: UInt8) -> Bool {
        encoding == .utf16LittleEndian ? first == 0x0A && second == 0 : first == 0 && second == 0x0A
    }
}

/// Text of two bytes a character, made UTF-8, and where its lines stand in both.
struct WideText {
    /// In UTF-8.
    private(set) var bytes: [UInt8] = []
    /// Where lines begin: in UTF-8, and in the file's bytes.
    private var starts: [(utf8: Int, raw: Int)] = [(0, 0)]
    private var rawEnd = 0

    init(_ raw: UnsafeRawBufferPointer, _ encoding: FileFormat.Encoding) {
        bytes.reserveCapacity(raw.count)
        let isLittle = encoding == .utf16LittleEndian
        var decoder = UTF16()
        var place = 0
        var units = AnyIterator<UInt16> {
            guard place + 1 < raw.count else { return nil }
            defer { place += 2 }
            let (first, second) = (UInt16(raw[place]), UInt16(raw[place + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        while true {
            let begin = place
            switch decoder.decode(&units) {
            case .emptyInput:
                rawEnd = place
                return
            case .error:
                // Half a character at the end is left for the next time.
                if place + 1 >= raw.count, place - begin == 2 {
                    rawEnd = begin
                    return
                }
                bytes += [0xEF, 0xBF, 0xBD]
            case .scalarValue(let scalar):
                if scalar.value != 0 { bytes += Array(Character(scalar).utf8) }
                if scalar == "\n" { starts.append((bytes.count, place)) }
            }
        }
    }

    /// Where a place in UTF-8, at which a line begins or all ends, is in the file's bytes.
    func rawPlace(of place: Int) -> Int {
        if place == bytes.count { return rawEnd }
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle].utf8 <= place { low = middle } else { high = middle - 1 }
        }
        return starts[low].raw
    }
}
