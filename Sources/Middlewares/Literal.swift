import Glibc
import MessageBus

/// A word to look for as bytes, up to 32 of them, perhaps whatever the case of its ASCII letters.
///
/// Most users' patterns are words. Searching for the first and the last byte of one, 16 places at a
/// time, costs less than entering the regular expression engine.
struct Literal: Sendable {
    /// The longest word: what fits in the vectors.
    static let longest = 32

    // A byte of the text fits when its value is right once the mask's bits are set. For a caseless
    // letter the mask is the bit that tells `A` from `a`, otherwise 0.
    private var values = SIMD32<UInt8>.zero
    private var masks = SIMD32<UInt8>.zero
    private let count: Int
    private let isCaseless: Bool
    private let first: Anchor
    private let last: Anchor
    private var hasForeignCase = false

    /// Makes a word of bytes; nil if there are none, too many, or letters whose other case isn't ASCII.
    init?(_ bytes: [UInt8], isCaseless: Bool) {
        guard let firstByte = bytes.first, let lastByte = bytes.last, bytes.count <= Self.longest,
            !isCaseless || bytes.allSatisfy({ $0 < 0x80 })
        else { return nil }
        count = bytes.count
        self.isCaseless = isCaseless
        first = Anchor(firstByte, isCaseless: isCaseless)
        last = Anchor(lastByte, isCaseless: isCaseless)
        for (index, byte) in bytes.enumerated() {
            let anchor = Anchor(byte, isCaseless: isCaseless)
            values[index] = anchor.value
            masks[index] = anchor.mask
            // With Unicode's rules `k` is also U+212A, the Kelvin sign, and `s` U+017F, the long s.
            let isForeign = anchor.value == UInt8(ascii: "k") || anchor.value == UInt8(ascii: "s")
            if isCaseless, isForeign { hasForeignCase = true }
        }
    }

    /// Whether the word occurs in a text; nil if only a regular expression can tell.
    func occurs(in text: UnsafeRawBufferPointer) -> Bool? {
        // What is not ASCII is never shorter than the ASCII letter it stands for.
        guard let base = text.baseAddress, text.count >= count else { return false }
        if isFound(base, places: text.count &- count &+ 1) { return true }
        guard hasForeignCase, !TextScan.isPrintableASCII(text) else { return false }
        // The first bytes of U+017F and U+212A.
        let mayBeForeign =
            memchr(base, 0xC5, text.count) != nil || memchr(base, 0xE2, text.count) != nil
        return mayBeForeign ? nil : false
    }

    private func isFound(_ base: UnsafeRawPointer, places: Int) -> Bool {
        guard places >= 16 else { return isFound(short: base, places: places) }
        let back = count &- 1
        let (firstMask, firstValue) = first.words
        let (lastMask, lastValue) = last.words
        var place = 0
        while true {
            // 64-bit lanes: of 8-bit ones the compiler makes three times as many instructions.
            let start = base + place
            let front = start.loadUnaligned(as: SIMD2<UInt64>.self) | firstMask
            let end = (start + back).loadUnaligned(as: SIMD2<UInt64>.self) | lastMask
            let zeros = Self.zeros((front ^ firstValue) | (end ^ lastValue))
            if zeros.x | zeros.y != 0, isFound(start, at: zeros.x) || isFound(start + 8, at: zeros.y)
            {
                return true
            }
            if place &+ 16 == places { return false }
            // The last block overlaps what was seen, which is cheaper than going on byte by byte.
            place = min(place &+ 16, places &- 16)
        }
    }

    /// Whether the word stands at one of eight places, of which each is marked by a high bit.
    private func isFound(_ base: UnsafeRawPointer, at marks: UInt64) -> Bool {
        var hits = marks
        while hits != 0 {
            if isFound(base + (hits.trailingZeroBitCount &>> 3), among: 1) { return true }
            hits &= hits &- 1
        }
        return false
    }

    /// The high bit of each byte that is zero, and no other bit.
    @inline(__always)
    private static func zeros(_ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let low = SIMD2<UInt64>(repeating: 0x7F7F_7F7F_7F7F_7F7F)
        return ~(((words & low) &+ low) | words | low)
    }

    private func isFound(short base: UnsafeRawPointer, places: Int) -> Bool {
        guard places >= 8 else { return isFound(base, among: places) }
        let offset = count &- 1
        let tail = places &- 8
        func words(_ base: UnsafeRawPointer) -> SIMD16<UInt8> {
            let both = SIMD2(
                base.loadUnaligned(as: UInt64.self), (base + tail).loadUnaligned(as: UInt64.self))
            return unsafeBitCast(both, to: SIMD16<UInt8>.self)
        }
        let misses = first.misses(words(base)) | last.misses(words(base + offset))
        return Self.hasZero(misses) && isFound(base, among: places)
    }

    private func isFound(_ base: UnsafeRawPointer, among places: Int) -> Bool {
        for place in 0..<places {
            var index = 0
            while index < count,
                (base + place).load(fromByteOffset: index, as: UInt8.self) | masks[index]
                    == values[index]
            { index &+= 1 }
            if index == count { return true }
        }
        return false
    }

    // Whether a lane is zero. May be wrong about which, never about whether.
    @inline(__always)
    private static func hasZero(_ lanes: SIMD16<UInt8>) -> Bool {
        let words = unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
        let zeros = (words &- 0x0101_0101_0101_0101) & ~words
        return (zeros.x | zeros.y) & 0x8080_8080_8080_8080 != 0
    }

    private struct Anchor: Sendable {
        let value: UInt8
        let mask: UInt8

        init(_ byte: UInt8, isCaseless: Bool) {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            mask = isCaseless && isLetter ? 0x20 : 0
            value = byte | mask
        }

        /// The mask and the value, for 16 bytes at once.
        @inline(__always)
        var words: (mask: SIMD2<UInt64>, value: SIMD2<UInt64>) {
            let each: UInt64 = 0x0101_0101_0101_0101
            return (
                SIMD2(repeating: UInt64(mask) &* each), SIMD2(repeating: UInt64(value) &* each)
            )
        }

        @inline(__always)
        func misses(_ lanes: SIMD16<UInt8>) -> SIMD16<UInt8> {
            (lanes | SIMD16(repeating: mask)) ^ SIMD16(repeating: value)
        }
    }
}

extension Literal {
    /// The most words that are looked for one by one; for more, one pass of the engine is faster.
    private static let most = 4

    /// The words a pattern is made of, `(?i)casino|lotería` without anything that means more than
    /// itself; nil if it is more than that.
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
                // A punctuation mark after it is itself; letters and digits mean something else.
                guard let escaped = rest.popFirst(), isPunctuation(escaped) else { return nil }
                word.append(escaped)
            case _ where isPlain(byte): word.append(byte)
            default: return nil
            }
        }
        guard let literal = Literal(word, isCaseless: isCaseless), words.count < most else {
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
