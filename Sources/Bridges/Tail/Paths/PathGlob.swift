import Chat

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
