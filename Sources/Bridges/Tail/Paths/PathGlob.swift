/// A pattern for one name, as in a shell: `*` stands for any text, `?` for one character, `[a-z]` for
/// one of a set, and a backslash takes the meaning of what follows it.
///
/// Names are bytes: what is not UTF-8 in them is a character a byte.
struct PathGlob: Sendable, Hashable {
    /// A piece of the pattern.
    private enum Piece: Sendable, Hashable {
        case text(UInt8)
        case one
        case any
        case set(PathCharacterSet)
    }

    private let pieces: [Piece]
    /// Whether a name that begins with a dot may match.
    let beginsWithDot: Bool

    /// Makes one of its text; every text is one.
    init(_ text: some StringProtocol) {
        var pieces: [Piece] = []
        let bytes = Array(text.utf8)
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "*"):
                if pieces.last != .any { pieces.append(.any) }
            case UInt8(ascii: "?"): pieces.append(.one)
            case UInt8(ascii: "["):
                if let (set, end) = PathCharacterSet.parse(bytes, at: place) {
                    pieces.append(.set(set))
                    place = end
                    continue
                }
                pieces.append(.text(bytes[place]))
            case UInt8(ascii: "\\") where place + 1 < bytes.count:
                place += 1
                pieces.append(.text(bytes[place]))
            default: pieces.append(.text(bytes[place]))
            }
            place += 1
        }
        self.pieces = pieces
        beginsWithDot = pieces.first == .text(UInt8(ascii: "."))
    }

    /// The name that it stands for, if there is only one.
    var literal: [UInt8]? {
        var name: [UInt8] = []
        for piece in pieces {
            guard case .text(let byte) = piece else { return nil }
            name.append(byte)
        }
        return name
    }

    /// Whether a whole name matches.
    ///
    /// Takes at most the product of both lengths.
    func matches(_ name: some Collection<UInt8>) -> Bool {
        if name.first == UInt8(ascii: "."), !beginsWithDot { return false }
        return name.withContiguousStorageIfAvailable { matches($0) }
            ?? Array(name).withUnsafeBufferPointer { matches($0) }
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var (at, place) = (0, 0)
        // After the last star: where the pattern goes on, and how far the star reaches so far.
        var retry: (at: Int, place: Int)?
        while place < name.count {
            if at < pieces.count, pieces[at] == .any {
                at += 1
                retry = (at, place)
            } else if at < pieces.count, let next = end(of: pieces[at], in: name, at: place) {
                at += 1
                place = next
            } else if let last = retry {
                let next = last.place + Self.character(in: name, at: last.place).length
                retry = (last.at, next)
                (at, place) = (last.at, next)
            } else {
                return false
            }
        }
        return pieces[at...].allSatisfy { $0 == .any }
    }

    /// Where what a piece stands for ends that begins at a place; `nil` if something else is there.
    private func end(
        of piece: Piece, in name: UnsafeBufferPointer<UInt8>, at place: Int
    ) -> Int? {
        switch piece {
        case .text(let byte): return name[place] == byte ? place + 1 : nil
        case .any: return nil
        case .one: return place + Self.character(in: name, at: place).length
        case .set(let set):
            let character = Self.character(in: name, at: place)
            return set.contains(character.scalar) ? place + character.length : nil
        }
    }

    /// The character at a place.
    private static func character(
        in name: UnsafeBufferPointer<UInt8>, at place: Int
    ) -> (scalar: UInt32, length: Int) {
        let first = name[place]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        let bytes = name[place..<min(place + length, name.count)]
        guard first >= 0xC2, bytes.count == length,
            bytes.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 })
        else { return (UInt32(first), 1) }
        let lead = UInt32(first) & (0xFF >> UInt32(length + 1))
        return (bytes.dropFirst().reduce(lead) { $0 << 6 | UInt32($1 & 0x3F) }, length)
    }
}

/// Characters of which one is meant: `[abc]`, `[a-z]`, `[!0-9]`, `[[:alpha:]]`.
struct PathCharacterSet: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var isInverted = false

    func contains(_ scalar: UInt32) -> Bool {
        ranges.contains { $0.contains(scalar) } != isInverted
    }

    /// Reads a set; `nil` if there is none, so that the bracket stands for itself.
    static func parse(_ bytes: [UInt8], at start: Int) -> (PathCharacterSet, end: Int)? {
        let text = Array(String(decoding: bytes[(start + 1)...], as: UTF8.self).unicodeScalars)
        var set = PathCharacterSet()
        var place = 0
        if let first = text.first, first == "!" || first == "^" {
            set.isInverted = true
            place = 1
        }
        let begin = place
        while place < text.count {
            if text[place] == "]", place > begin {
                let length = text[...place].reduce(0) { $0 + String($1).utf8.count }
                return (set, start + 1 + length)
            }
            if let (ranges, end) = classRanges(text, at: place) {
                set.ranges += ranges
                place = end
                continue
            }
            guard let (first, next) = scalar(text, at: place) else { return nil }
            place = next
            if place + 1 < text.count, text[place] == "-", text[place + 1] != "]",
                let (last, end) = scalar(text, at: place + 1)
            {
                // A range that goes backwards stands for nothing, as in a shell.
                if first <= last { set.ranges.append(first...last) }
                place = end
            } else {
                set.ranges.append(first...first)
            }
        }
        return nil
    }

    private static func scalar(
        _ text: [Unicode.Scalar], at place: Int
    ) -> (UInt32, next: Int)? {
        guard text[place] == "\\" else { return (text[place].value, place + 1) }
        guard place + 1 < text.count else { return nil }
        return (text[place + 1].value, place + 2)
    }

    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alpha": [0x41...0x5A, 0x61...0x7A], "digit": [0x30...0x39], "upper": [0x41...0x5A],
        "lower": [0x61...0x7A], "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66], "space": [0x09...0x0D, 0x20...0x20],
        "blank": [0x09...0x09, 0x20...0x20],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    ]

    private static func classRanges(
        _ text: [Unicode.Scalar], at place: Int
    ) -> ([ClosedRange<UInt32>], end: Int)? {
        guard place + 1 < text.count, text[place] == "[", text[place + 1] == ":",
            let colon = text[(place + 2)...].firstIndex(of: ":"), colon + 1 < text.count,
            text[colon + 1] == "]"
        else { return nil }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(place + 2)..<colon])
        return classes[name].map { ($0, colon + 2) }
    }
}

/// Alternatives in a pattern: `{a,b}` stands for `a` and for `b`, as in a shell.
enum PathAlternatives {
    /// Patterns that one may stand for at most.
    static let bound = 1_000

    /// All patterns without braces that a text stands for; `nil` if there are too many.
    static func expand(_ text: String) -> [String]? {
        var done: [[UInt8]] = []
        var open = [Array(text.utf8)]
        while let bytes = open.popLast() {
            guard let (range, parts) = firstBraces(bytes) else {
                done.append(bytes)
                continue
            }
            for part in parts.reversed() {
                open.append(Array(bytes[..<range.lowerBound] + part + bytes[range.upperBound...]))
            }
            if open.count + done.count > bound { return nil }
        }
        return done.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first braces with a comma in them, and what stands between the commas.
    private static func firstBraces(_ bytes: [UInt8]) -> (Range<Int>, [ArraySlice<UInt8>])? {
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\") {
                place += 2
                continue
            }
            if bytes[place] == UInt8(ascii: "{"), let found = braces(bytes, at: place) {
                return found
            }
            place += 1
        }
        return nil
    }

    private static func braces(
        _ bytes: [UInt8], at start: Int
    ) -> (Range<Int>, [ArraySlice<UInt8>])? {
        var depth = 0
        var parts: [ArraySlice<UInt8>] = []
        var begin = start + 1
        var place = start + 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\\"): place += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}") where depth > 0: depth -= 1
            case UInt8(ascii: "}"):
                if parts.isEmpty { return nil }
                return (start..<(place + 1), parts + [bytes[begin..<place]])
            case UInt8(ascii: ",") where depth == 0:
                parts.append(bytes[begin..<place])
                begin = place + 1
            default: break
            }
            place += 1
        }
        return nil
    }
}
