import Glibc
import MessageBus

/// A word of up to 32 bytes to search for, optionally ignoring the case of its ASCII letters.
///
/// Safe from any thread. Most users' patterns are words. Searching for a word's two rarest bytes,
/// 16 positions at a time, costs less than entering the regular expression engine. A class, because
/// a struct of this size would be copied for each search, which takes longer than the search.
package final class Literal: Sendable {
    /// The longest word, in bytes: what fits in the vectors.
    static let maxBytes = 32

    // A byte of the text matches if it equals the value once the mask's bits are set. For a
    // caseless letter the mask is the bit that distinguishes `A` from `a`, otherwise 0.
    private let values: SIMD32<UInt8>
    private let masks: SIMD32<UInt8>
    private let count: Int
    // The two rarest bytes, in order of their offsets: the fewer positions look like the word, the
    // fewer need a second check.
    private let first: Anchor
    private let last: Anchor
    private let firstOffset: Int
    private let lastOffset: Int
    private let hasForeignCase: Bool

    /// Makes a word of bytes; `nil` if there are none, too many, or caseless ones beyond ASCII.
    package init?(_ bytes: [UInt8], isCaseless: Bool) {
        guard !bytes.isEmpty, bytes.count <= Self.maxBytes,
            !isCaseless || bytes.allSatisfy({ $0 < 0x80 })
        else { return nil }
        count = bytes.count
        let rarest = bytes.indices.sorted { Self.rarity(bytes[$0]) > Self.rarity(bytes[$1]) }
        firstOffset = rarest.prefix(2).min() ?? 0
        lastOffset = rarest.prefix(2).max() ?? 0
        first = Anchor(bytes[firstOffset], isCaseless: isCaseless)
        last = Anchor(bytes[lastOffset], isCaseless: isCaseless)
        var values = SIMD32<UInt8>.zero
        var masks = SIMD32<UInt8>.zero
        var hasForeignCase = false
        for (index, byte) in bytes.enumerated() {
            let anchor = Anchor(byte, isCaseless: isCaseless)
            values[index] = anchor.value
            masks[index] = anchor.mask
            // With Unicode's rules `k` is also U+212A, the Kelvin sign, and `s` U+017F, the long s.
            let isForeign = anchor.value == UInt8(ascii: "k") || anchor.value == UInt8(ascii: "s")
            if isCaseless, isForeign { hasForeignCase = true }
        }
        self.values = values
        self.masks = masks
        self.hasForeignCase = hasForeignCase
    }

    /// Returns true if the word occurs in a text; `nil` if only a regular expression can decide.
    package func occurs(in text: UnsafeRawBufferPointer) -> Bool? {
        // A character that stands for an ASCII letter is never shorter than it.
        guard let base = text.baseAddress, text.count >= count else { return false }
        let positions = text.count &- count &+ 1
        var seen = SIMD2<UInt64>.zero
        let isFound =
            switch positions {
            case ..<8: unsafe isFound(base, among: positions)
            case ..<16: unsafe isFound(short: base, positions: positions)
            default: unsafe isFound(long: base, positions: positions, seen: &seen)
            }
        if isFound { return true }
        guard hasForeignCase else { return false }
        // In a long text the blocks that were scanned and the two edges cover all of it.
        if positions >= 16, count <= positions {
            let edges =
                unsafe text.prefix(firstOffset).reduce(0, |)
                | text.suffix(count &- 1 &- lastOffset).reduce(0, |)
            let isASCII = (seen.x | seen.y) & 0x8080_8080_8080_8080 == 0 && edges < 0x80
            if isASCII { return false }
        }
        // The first bytes of U+017F and U+212A.
        let mayBeForeign =
            unsafe memchr(base, 0xC5, text.count) != nil || memchr(base, 0xE2, text.count) != nil
        return mayBeForeign ? nil : false
    }

    private func isFound(
        long base: UnsafeRawPointer, positions: Int, seen: inout SIMD2<UInt64>
    ) -> Bool {
        var location = 0
        while true {
            let front = unsafe (base + (location &+ firstOffset)).loadUnaligned(
                as: SIMD2<UInt64>.self)
            let back = unsafe (base + (location &+ lastOffset)).loadUnaligned(
                as: SIMD2<UInt64>.self)
            seen |= front | back
            let misses = first.misses(front) | last.misses(back)
            if hasZero(misses), unsafe isFound(base + location, at: zeros(misses)) { return true }
            if location &+ 16 == positions { return false }
            // The last block overlaps the one before, which is cheaper than going on byte by byte.
            location = min(location &+ 16, positions &- 16)
        }
    }

    private func isFound(short base: UnsafeRawPointer, positions: Int) -> Bool {
        func words(_ base: UnsafeRawPointer) -> SIMD2<UInt64> {
            unsafe SIMD2(
                base.loadUnaligned(as: UInt64.self),
                (base + (positions &- 8)).loadUnaligned(as: UInt64.self))
        }
        let misses =
            unsafe first.misses(words(base + firstOffset)) | last.misses(words(base + lastOffset))
        return unsafe hasZero(misses) && isFound(base, among: positions)
    }

    /// Returns how rare a byte is in texts, roughly; letters by their frequency in English.
    private static func rarity(_ byte: UInt8) -> Int {
        let byFrequency = " etaoinshrdlcumwfgypbvkjxqz".utf8
        let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        let location = byFrequency.firstIndex(of: lower)
        return location.map { byFrequency.distance(from: byFrequency.startIndex, to: $0) } ?? 26
    }

    // Returns true if a lane of 8 bits is zero: the subtraction sets its high bit. It may borrow
    // from the next lane, whose bit is then wrong, but never if no lane is zero.
    @inline(__always)
    private func hasZero(_ lanes: SIMD2<UInt64>) -> Bool {
        let marks = (lanes &- 0x0101_0101_0101_0101) & ~lanes
        return (marks.x | marks.y) & 0x8080_8080_8080_8080 != 0
    }

    // Returns the high bit of each lane of 8 bits that is zero, and no other bit.
    private func zeros(_ lanes: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let low = SIMD2<UInt64>(repeating: 0x7F7F_7F7F_7F7F_7F7F)
        return ~(((lanes & low) &+ low) | lanes | low)
    }

    /// Returns true if the word is at one of 16 positions, each marked by a high bit.
    private func isFound(_ base: UnsafeRawPointer, at marks: SIMD2<UInt64>) -> Bool {
        for half in 0..<2 {
            var left = marks[half]
            while left != 0 {
                let location = 8 &* half &+ left.trailingZeroBitCount &>> 3
                if unsafe isFound(base + location, among: 1) { return true }
                left &= left &- 1
            }
        }
        return false
    }

    private func isFound(_ base: UnsafeRawPointer, among positions: Int) -> Bool {
        for location in 0..<positions {
            var index = 0
            while index < count,
                unsafe (base + location).load(fromByteOffset: index, as: UInt8.self) | masks[index]
                    == values[index]
            { index &+= 1 }
            if index == count { return true }
        }
        return false
    }

    private struct Anchor: Sendable {
        let value: UInt8
        let mask: UInt8
        private let values: SIMD2<UInt64>
        private let masks: SIMD2<UInt64>

        init(_ byte: UInt8, isCaseless: Bool) {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            mask = isCaseless && isLetter ? 0x20 : 0
            value = byte | mask
            values = SIMD2(repeating: UInt64(value) &* 0x0101_0101_0101_0101)
            masks = SIMD2(repeating: UInt64(mask) &* 0x0101_0101_0101_0101)
        }

        // Returns lanes of 8 bits that are zero where the byte is this one.
        @inline(__always)
        func misses(_ lanes: SIMD2<UInt64>) -> SIMD2<UInt64> {
            (lanes | masks) ^ values
        }
    }
}

extension Literal {
    /// The most words that are searched for one by one; for more, one pass of the engine is faster.
    private static let maxCount = 4

    /// Returns the words of a pattern such as `(?i)casino|lotería`; `nil` if it contains anything
    /// else.
    static func words(of pattern: String) -> [Literal]? {
        let isCaseless = pattern.hasPrefix("(?i)")
        var words: [Literal] = []
        var word: [UInt8] = []
        var rest = pattern.utf8.dropFirst(isCaseless ? 4 : 0)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "|"):
                guard let literal = Literal(word, isCaseless: isCaseless) else { return nil }
                words.append(literal)
                word = []
            case UInt8(ascii: "\\"):
                // Escaped punctuation is literal; escaped letters and digits mean something else.
                guard let escaped = rest.popFirst(), isPunctuation(escaped) else { return nil }
                word.append(escaped)
            case _ where isPlain(byte): word.append(byte)
            default: return nil
            }
        }
        guard let literal = Literal(word, isCaseless: isCaseless), words.count < maxCount else {
            return nil
        }
        return words + [literal]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: " !\"%&',-/:;<=>@_`~".utf8.contains(byte)
        }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
