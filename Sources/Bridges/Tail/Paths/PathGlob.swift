import Chat

/// A pattern for one name, as in a shell: `*` stands for any text, `?` for one character, `[a-z]`
/// for one of a set, and a backslash takes away the special meaning of the next character.
///
/// Names are bytes: each byte that is not part of UTF-8 counts as a character.
struct PathGlob: Sendable, Hashable {
    /// A piece of the pattern.
    private enum Piece: Sendable, Hashable {
        case text(UInt8)
        case one
        case any
        case set(PathCharacterSet)
    }

    private let pieces: [Piece]
    /// True if a name that begins with a dot may match.
    let beginsWithDot: Bool

    /// Creates a glob; every text is a valid one.
    init(_ text: some StringProtocol) {
        var pieces: [Piece] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "*"):
                if pieces.last != .any { pieces.append(.any) }
            case UInt8(ascii: "?"): pieces.append(.one)
            case UInt8(ascii: "["):
                if let (set, end) = PathCharacterSet.parse(bytes, at: index) {
                    pieces.append(.set(set))
                    index = end
                    continue
                }
                pieces.append(.text(bytes[index]))
            case UInt8(ascii: "\\") where index + 1 < bytes.count:
                index += 1
                pieces.append(.text(bytes[index]))
            default: pieces.append(.text(bytes[index]))
            }
            index += 1
        }
        self.pieces = pieces
        beginsWithDot = pieces.first == .text(UInt8(ascii: "."))
    }

    /// The only name that the pattern matches; `nil` if it may match several.
    var literal: [UInt8]? {
        var name: [UInt8] = []
        for piece in pieces {
            guard case .text(let byte) = piece else { return nil }
            name.append(byte)
        }
        return name
    }

    /// Returns true if a whole name matches.
    ///
    /// The time is at most proportional to the product of both lengths.
    func matches(_ name: some Collection<UInt8>) -> Bool {
        if name.first == UInt8(ascii: "."), !beginsWithDot { return false }
        return unsafe name.withContiguousStorageIfAvailable { unsafe matches($0) }
            ?? Array(name).withUnsafeBufferPointer { unsafe matches($0) }
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var (at, index) = (0, 0)
        // The place in the pattern after the last star, and the end of the text that the star
        // matches so far.
        var retry: (at: Int, index: Int)?
        while index < name.count {
            if at < pieces.count, pieces[at] == .any {
                at += 1
                retry = (at, index)
            } else if at < pieces.count, let next = unsafe end(of: pieces[at], in: name, at: index)
            {
                at += 1
                index = next
            } else if let last = retry {
                let next = unsafe last.index + Self.character(in: name, at: last.index).length
                retry = (last.at, next)
                (at, index) = (last.at, next)
            } else {
                return false
            }
        }
        return pieces[at...].allSatisfy { $0 == .any }
    }

    /// Returns the end of what a piece matches at an index; `nil` if it does not match.
    private func end(
        of piece: Piece, in name: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> Int? {
        switch piece {
        case .text(let byte): return unsafe name[index] == byte ? index + 1 : nil
        case .any: return nil
        case .one: return unsafe index + Self.character(in: name, at: index).length
        case .set(let set):
            let character = unsafe Self.character(in: name, at: index)
            return set.contains(character.scalar) ? index + character.length : nil
        }
    }

    /// The character at a place.
    private static func character(
        in name: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (scalar: UInt32, length: Int) {
        let first = unsafe name[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        let bytes = unsafe name[index..<min(index + length, name.count)]
        guard first >= 0xC2, unsafe bytes.count == length,
            unsafe bytes.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 })
        else { return (UInt32(first), 1) }
        let lead = UInt32(first) & (0xFF >> UInt32(length + 1))
        return unsafe (bytes.dropFirst().reduce(lead) { $0 << 6 | UInt32($1 & 0x3F) }, length)
    }
}
