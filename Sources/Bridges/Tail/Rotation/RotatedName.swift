import Chat

/// What rotation makes of a name: `app.log` becomes `app.log.1` or `app.log-20250101`.
///
/// Where it becomes `app-20250101.log`, that has to be confirmed once, by the number or the content of
/// a file: digits in the middle may be another program's, as in `server-8080.log`.
struct RotatedName {
    private let live: [UInt8]
    private let stem: ArraySlice<UInt8>
    /// How many bytes of the live name stand before what rotation puts in, in each form that is
    /// confirmed.
    private let places: Set<Int>

    /// Makes one.
    ///
    /// - Parameter places: where rotation puts its number or date, besides the end.
    init(of name: some Sequence<UInt8>, places: Set<Int> = []) {
        live = Array(name)
        let dot = live.dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? live.endIndex
        stem = live[..<dot]
        self.places = places
    }

    /// The bytes that all names begin with that may be rotation's.
    var prefix: [UInt8] {
        Array(live.prefix(min(stem.count, places.min() ?? stem.count)))
    }

    /// Whether a name is the live one with a number or a date behind it, or where one is known to be.
    func isRotated(_ name: [UInt8]) -> Bool {
        if name.starts(with: live), Self.isMark(name.dropFirst(live.count)) { return true }
        return places.contains { mark(in: name, at: $0).map(Self.isMark) ?? false }
    }

    /// Whether a name begins as the live one does.
    func isRelated(_ name: [UInt8]) -> Bool { name != live && name.starts(with: stem) }

    /// Where a name has a number or a date that is put into the live one, if it has one in the middle.
    func place(in name: [UInt8]) -> Int? {
        guard name.count > live.count else { return nil }
        let same = zip(name, live).prefix { $0 == $1 }.count
        // A digit or a separator may belong to both sides.
        return (0..<min(same, live.count - 1) + 1).reversed().first {
            $0 < live.count && mark(in: name, at: $0).map(Self.isMark) ?? false
        }
    }

    /// What stands in a name at a place of the live one, if the rest is the live one's.
    private func mark(in name: [UInt8], at place: Int) -> ArraySlice<UInt8>? {
        guard place <= live.count, name.count > live.count, name.starts(with: live[..<place]),
            name.suffix(live.count - place).elementsEqual(live[place...])
        else { return nil }
        return name[place..<(name.count - (live.count - place))]
    }

    /// The names that rotation may have made a name of: without a number or a date that is in it.
    static func lives(of name: [UInt8]) -> [[UInt8]] {
        var lives: [[UInt8]] = []
        for start in name.indices.dropFirst() where "-._".utf8.contains(name[start]) {
            var end = start + 1
            while end < name.count, Self.isMark(byte: name[end]) { end += 1 }
            // What follows may begin with a separator too.
            for last in (start + 1..<end + 1).reversed() where isMark(name[start..<last]) {
                let rest = Array(name[..<start] + name[last...])
                if last == name.count || "-._".utf8.contains(name[last]) { lives.append(rest) }
            }
        }
        return lives
    }

    // MARK: - Order

    /// Whether a name says that it is older than another: by a greater number, or an earlier date;
    /// `nil` if names of different kinds don't tell.
    static func isOlder(_ name: ArraySlice<UInt8>, than other: ArraySlice<UInt8>) -> Bool? {
        guard let number = lastNumber(name), let otherNumber = lastNumber(other) else { return nil }
        // What has more than three digits is a date.
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
