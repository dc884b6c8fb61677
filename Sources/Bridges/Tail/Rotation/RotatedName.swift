import Chat

/// The names that rotation makes of a live name: `app.log` becomes `app.log.1` or
/// `app.log-20250101`.
///
/// A form like `app-20250101.log` has to be confirmed once, by the inode number or the content of a
/// file: digits in the middle may belong to another program, as in `server-8080.log`.
struct RotatedName {
    private let live: [UInt8]
    private let stem: ArraySlice<UInt8>
    /// Byte indices in the live name at which rotation inserts its mark, as far as confirmed.
    private let markIndices: Set<Int>

    /// Creates the rotated names of a live one.
    ///
    /// - Parameter markIndices: the indices, besides the end, at which rotation puts its number or
    ///   date.
    init(of name: some Sequence<UInt8>, markIndices: Set<Int> = []) {
        live = Array(name)
        let dot = live.dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? live.endIndex
        stem = live[..<dot]
        self.markIndices = markIndices
    }

    /// The common prefix of all rotated names.
    var prefix: [UInt8] {
        Array(live.prefix(min(stem.count, markIndices.min() ?? stem.count)))
    }

    /// Returns true if a name is the live one with a number or date at its end or at a confirmed
    /// index.
    func isRotated(_ name: [UInt8]) -> Bool {
        if name.starts(with: live), Self.isMark(name.dropFirst(live.count)) { return true }
        return markIndices.contains { mark(in: name, at: $0).map(Self.isMark) ?? false }
    }

    /// Returns true if a name begins like the live one.
    func isRelated(_ name: [UInt8]) -> Bool { name != live && name.starts(with: stem) }

    /// Returns the index at which a name has a number or date inserted into the live one, except at
    /// its end.
    func markIndex(in name: [UInt8]) -> Int? {
        guard name.count > live.count else { return nil }
        let same = zip(name, live).prefix { $0 == $1 }.count
        // A digit or a separator may belong to both sides.
        return (0..<min(same, live.count - 1) + 1).reversed().first {
            $0 < live.count && mark(in: name, at: $0).map(Self.isMark) ?? false
        }
    }

    /// Returns what is inserted into the live name at an index, if the rest is equal.
    private func mark(in name: [UInt8], at markIndex: Int) -> ArraySlice<UInt8>? {
        guard markIndex <= live.count, name.count > live.count,
            name.starts(with: live[..<markIndex]),
            name.suffix(live.count - markIndex).elementsEqual(live[markIndex...])
        else { return nil }
        return name[markIndex..<(name.count - (live.count - markIndex))]
    }

    /// Returns the live names from which rotation may have made a name: each without one number or
    /// date.
    static func liveNames(of name: [UInt8]) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for start in name.indices.dropFirst() where "-._".utf8.contains(name[start]) {
            var end = start + 1
            while end < name.count, Self.isMark(byte: name[end]) { end += 1 }
            // The rest may begin with a separator as well.
            for last in (start + 1..<end + 1).reversed() where isMark(name[start..<last]) {
                let rest = Array(name[..<start] + name[last...])
                if last == name.count || "-._".utf8.contains(name[last]) { names.append(rest) }
            }
        }
        return names
    }

    // MARK: - Order

    /// Returns true if a name shows that its file is older than that of another one: by a greater
    /// number or an earlier date.
    ///
    /// Returns `nil` if the names are of different kinds.
    static func isOlder(_ name: ArraySlice<UInt8>, than other: ArraySlice<UInt8>) -> Bool? {
        guard let number = lastNumber(name), let otherNumber = lastNumber(other) else { return nil }
        // More than three digits are a date.
        switch (number < 1_000, otherNumber < 1_000) {
        case (true, true):
            if number != otherNumber { return number > otherNumber }
            return name == other ? nil : name.lexicographicallyPrecedes(other)
        case (false, false):
            return name == other ? nil : name.lexicographicallyPrecedes(other)
        default: return nil
        }
    }

    private static func lastNumber(_ name: ArraySlice<UInt8>) -> Int? {
        guard let end = name.lastIndex(where: { (0x30...0x39).contains($0) }) else { return nil }
        let digits = name[...end].reversed().prefix { (0x30...0x39).contains($0) }.reversed()
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private static func isMark(_ part: ArraySlice<UInt8>) -> Bool {
        guard let first = part.first, "-._".utf8.contains(first) else { return false }
        return part.contains { (0x30...0x39).contains($0) }
            && part.allSatisfy(isMark(byte:))
    }

    private static func isMark(byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || "-._:TZ+".utf8.contains(byte)
    }
}
