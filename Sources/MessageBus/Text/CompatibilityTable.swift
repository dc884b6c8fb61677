/// Unicode's compatibility form (NFKC) of scalars, and the rules by which scalars compose.
///
/// Safe from any thread: made once, and only read from then on. A look-up takes a few nanoseconds.
struct CompatibilityTable: Sendable {
    /// The behaviour of a scalar when a text is brought into compatibility form.
    struct Behaviour: OptionSet {
        let rawValue: UInt8
        /// It has a decomposition.
        static let decomposes = Behaviour(rawValue: 1)
        /// Its form differs from itself.
        static let changes = Behaviour(rawValue: 2)
        /// It is a mark, or may compose with the scalar in front of it.
        static let joins = Behaviour(rawValue: 4)
        /// Its form is another character, one that only looks or reads the same.
        static let isCompatible = Behaviour(rawValue: 32)
        /// It may compose with the scalar in front of it.
        static let composes = Behaviour(rawValue: 8)
        /// It is not seen: default-ignorable, or an interlinear annotation's mark.
        static let isIgnored = Behaviour(rawValue: 16)
    }

    /// The table.
    static let shared = CompatibilityTable()

    private struct Entry {
        var behaviour: Behaviour = []
        var combiningClass: UInt8 = 0
        var count: UInt16 = 0
        var start: UInt32 = 0
    }

    private static let pageSize: UInt32 = 256

    /// The offset of a scalar's page among the entries, by the scalar's upper bits; 0: an empty
    /// page.
    private var pages = [UInt32](repeating: 0, count: 0x110000 / 256)
    private var entries = [Entry](repeating: Entry(), count: 256)
    private var decompositions: [UInt32] = []
    /// The composite of two scalars.
    private var composites: [UInt64: UInt32] = [:]

    private init() {
        for (range, combiningClass) in Self.classes() {
            for scalar in range {
                self[making: scalar].combiningClass = combiningClass
                self[making: scalar].behaviour.insert(.joins)
            }
        }
        for range in Self.ignored {
            for scalar in range { self[making: scalar].behaviour.insert(.isIgnored) }
        }
        let composed = readMappings()
        // The shorter ones first: a composite of three is composed of one of two and the third.
        for scalar in composed.sorted(by: { self[$0].count < self[$1].count }) {
            addComposite(scalar)
        }
        // The vowels and finals of Hangul.
        for scalar in Array(UInt32(0x1161)...0x1175) + Array(0x11A8...0x11C2) {
            self[making: scalar].behaviour.formUnion([.joins, .composes])
        }
        markJoiners()
    }

    // MARK: - Reading the data

    // Safe: what it points to is a constant of the program.
    @safe private struct Digits {
        var rest: UnsafeBufferPointer<UInt8>.SubSequence

        init(_ text: StaticString) {
            unsafe rest =
                UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)[...]
        }

        mutating func next() -> Int? {
            var (value, shift) = (0, 0)
            while let byte = unsafe rest.popFirst() {
                let digit = Self.value(of: byte)
                value |= (digit & 31) << shift
                if digit < 32 { return value }
                shift += 5
            }
            return nil
        }

        private static func value(of byte: UInt8) -> Int {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 0x41 + 10
            case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 0x61 + 36
            case UInt8(ascii: "-"): 62
            default: 63
            }
        }
    }

    private static func classes() -> [(ClosedRange<UInt32>, UInt8)] {
        var digits = Digits(CompatibilityData.classes)
        var runs: [(ClosedRange<UInt32>, UInt8)] = []
        var end: UInt32 = 0
        while let gap = digits.next(), let more = digits.next(), let value = digits.next() {
            let first = end + UInt32(gap)
            end = first + UInt32(more) + 1
            runs.append((first...end - 1, UInt8(value)))
        }
        return runs
    }

    /// Reads the mappings and returns the scalars that composing gives back.
    private mutating func readMappings() -> [UInt32] {
        var digits = Digits(CompatibilityData.mappings)
        var composed: [UInt32] = []
        var scalar: UInt32 = 0x7F
        var last = [Int](repeating: 0, count: 32)
        decompositions.reserveCapacity(12_000)
        while let gap = digits.next(), let shape = digits.next() {
            scalar += UInt32(gap) + 1
            let count = shape / 3 + 1
            var entry = self[scalar]
            entry.start = UInt32(decompositions.count)
            entry.count = UInt16(count)
            entry.behaviour.insert(.decomposes)
            if shape % 3 == 2 { composed.append(scalar) } else { entry.behaviour.insert(.changes) }
            if shape % 3 == 0 { entry.behaviour.insert(.isCompatible) }
            for place in 0..<count {
                let difference = digits.next() ?? 0
                last[place] += difference & 1 == 0 ? difference / 2 : -(difference + 1) / 2
                decompositions.append(UInt32(last[place]))
            }
            self[making: scalar] = entry
        }
        return composed
    }

    private mutating func addComposite(_ scalar: UInt32) {
        let parts = decomposition(of: scalar)
        var first = parts[parts.startIndex]
        for next in parts.dropFirst().dropLast() {
            guard let both = composite(first, next) else { return }
            first = both
        }
        guard let second = parts.last else { return }
        composites[UInt64(first) << 32 | UInt64(second)] = scalar
        self[making: second].behaviour.formUnion([.joins, .composes])
    }

    /// Marks scalars whose decomposition begins with a mark, as that of a halfwidth voice mark
    /// does.
    private mutating func markJoiners() {
        for (page, start) in pages.enumerated() where start != 0 {
            for low in 0..<Self.pageSize {
                let scalar = UInt32(page) * Self.pageSize + low
                guard let first = decomposition(of: scalar).first,
                    self[first].behaviour.contains(.joins)
                else { continue }
                self[making: scalar].behaviour.formUnion([.joins, .composes])
            }
        }
    }

    /// Scalars that are not seen: default-ignorable ones, and the marks of interlinear annotations.
    private static let ignored: [ClosedRange<UInt32>] = [
        0xAD...0xAD, 0x34F...0x34F, 0x61C...0x61C, 0x115F...0x1160, 0x17B4...0x17B5,
        0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x3164...0x3164,
        0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFA0...0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3,
        0x1D173...0x1D17A, 0xE0000...0xE0FFF,
    ]

    private subscript(making scalar: UInt32) -> Entry {
        get { self[scalar] }
        set {
            let page = Int(scalar / Self.pageSize)
            if pages[page] == 0 {
                pages[page] = UInt32(entries.count)
                entries.append(contentsOf: repeatElement(Entry(), count: Int(Self.pageSize)))
            }
            entries[Int(pages[page] + scalar % Self.pageSize)] = newValue
        }
    }

    private subscript(_ scalar: UInt32) -> Entry {
        entries[Int(pages[Int(scalar / Self.pageSize)] + scalar % Self.pageSize)]
    }

    // MARK: - Asking

    /// Returns the behaviour of a scalar.
    func behaviour(of scalar: UInt32) -> Behaviour { self[scalar].behaviour }

    /// Returns the canonical combining class of a scalar.
    func combiningClass(of scalar: UInt32) -> UInt8 { self[scalar].combiningClass }

    /// Returns the full decomposition of a scalar, compatibility mappings included; empty if it has
    /// none, and for the syllables of Hangul.
    func decomposition(of scalar: UInt32) -> ArraySlice<UInt32> {
        let entry = self[scalar]
        return decompositions[Int(entry.start)..<Int(entry.start) + Int(entry.count)]
    }

    /// Returns the composite of two scalars, `nil` if they have none.
    func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        guard behaviour(of: second).contains(.composes) else { return nil }
        if let syllable = Self.syllable(first, second) { return syllable }
        return composites[UInt64(first) << 32 | UInt64(second)]
    }

    /// Returns a syllable of Hangul, which is composed by arithmetic (the Unicode Standard, section
    /// 3.12).
    private static func syllable(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if 0x1100...0x1112 ~= first, 0x1161...0x1175 ~= second {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if 0xAC00...0xD7A3 ~= first, (first - 0xAC00) % 28 == 0, 0x11A8...0x11C2 ~= second {
            return first + second - 0x11A7
        }
        return nil
    }

    // MARK: - Composing

    /// Brings scalars that are decomposed into the canonical order and composes them.
    ///
    /// A character has few marks: they are sorted by insertion.
    func compose(_ scalars: inout [UInt32]) {
        order(&scalars)
        var kept = 0
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let combiningClass = combiningClass(of: scalar)
            // Blocked by a mark in between that is not lower in class.
            if let starter, kept == starter + 1 || lastClass < combiningClass && lastClass != 0,
                let both = composite(scalars[starter], scalar)
            {
                scalars[starter] = both
                continue
            }
            if combiningClass == 0 { starter = kept }
            lastClass = combiningClass
            scalars[kept] = scalar
            kept += 1
        }
        scalars.removeSubrange(kept...)
    }

    private func order(_ scalars: inout [UInt32]) {
        var index = 1
        while index < scalars.count {
            let combiningClass = combiningClass(of: scalars[index])
            var place = index
            while combiningClass > 0, place > 0,
                self.combiningClass(of: scalars[place - 1]) > combiningClass
            {
                scalars.swapAt(place, place - 1)
                place -= 1
            }
            index += 1
        }
    }
}
