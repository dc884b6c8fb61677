/// The test for plain text, which needs neither checking nor cleaning.
public enum TextScan {
    /// Returns whether every byte is printable ASCII, 0x20 to 0x7E; true for no bytes at all.
    ///
    /// Reads the buffer once, 64 bytes at a time: a few nanoseconds for a line of chat.
    @safe public static func isPrintableASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        if count < 16 { return unsafe isPrintableASCII(short: base, count: count) }
        var offset = 0
        var marks = SIMD16<UInt8>.zero
        while offset &+ 64 <= count {
            let first = unsafe marked(at: base + offset) | marked(at: base + (offset &+ 16))
            let second =
                unsafe marked(at: base + (offset &+ 32)) | marked(at: base + (offset &+ 48))
            marks = first | second
            if anyHigh(marks) { return false }
            offset &+= 64
        }
        while offset &+ 16 <= count {
            unsafe marks |= marked(at: base + offset)
            offset &+= 16
        }
        // The last block overlaps what was seen, which is cheaper than going on byte by byte.
        unsafe marks |= marked(at: base + (count &- 16))
        return !anyHigh(marks)
    }

    /// Returns whether every byte is ASCII.
    @safe package static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        if count < 16 { return unsafe isASCII(short: base, count: count) }
        var offset = 0
        var lanes = SIMD16<UInt8>.zero
        while offset &+ 32 <= count {
            unsafe lanes |=
                (base + offset).loadUnaligned(as: SIMD16<UInt8>.self)
                | (base + (offset &+ 16)).loadUnaligned(as: SIMD16<UInt8>.self)
            offset &+= 32
        }
        if offset &+ 16 <= count {
            unsafe lanes |= (base + offset).loadUnaligned(as: SIMD16<UInt8>.self)
        }
        // The last block overlaps what was seen, as above.
        unsafe lanes |= (base + (count &- 16)).loadUnaligned(as: SIMD16<UInt8>.self)
        return !anyHigh(lanes)
    }

    private static func isASCII(short base: UnsafeRawPointer, count: Int) -> Bool {
        var all: UInt8 = 0
        for offset in 0..<count { unsafe all |= base.load(fromByteOffset: offset, as: UInt8.self) }
        return all < 0x80
    }

    /// Returns the scalar that begins at a place of UTF-8; the place moves behind it.
    static func scalar(in text: UnsafeRawBufferPointer, at place: inout Int) -> UInt32 {
        let first = unsafe UInt32(text[place])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let end = min(place &+ length, text.count)
        var scalar = length == 1 ? first : first & (0x7F >> UInt32(length))
        place &+= 1
        while place < end {
            scalar = unsafe scalar << 6 | UInt32(text[place]) & 0x3F
            place &+= 1
        }
        return min(scalar, 0x10FFFF)
    }

    /// Returns the number of bytes at the front that are certainly printable ASCII: a multiple of
    /// 16, found quickly.
    @safe static func plainPrefix(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var offset = 0
        while offset &+ 16 <= bytes.count, unsafe !anyHigh(marked(at: base + offset)) {
            offset &+= 16
        }
        return offset
    }

    // The high bit of each lane says "not printable". Wrapping arithmetic needs no comparison:
    // below 0x20 the subtraction sets the bit, 0x7F + 1 does, and 0x80 and above have it.
    @inline(__always)
    private static func marked(at place: UnsafeRawPointer) -> SIMD16<UInt8> {
        let lanes = unsafe place.loadUnaligned(as: SIMD16<UInt8>.self)
        return lanes | (lanes &- 0x20) | (lanes &+ 1)
    }

    @inline(__always)
    private static func anyHigh(_ lanes: SIMD16<UInt8>) -> Bool {
        let words = unsafe unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
        return (words.x | words.y) & 0x8080_8080_8080_8080 != 0
    }

    /// Tests fewer than 16 bytes: two overlapping words, or one byte after the other.
    private static func isPrintableASCII(short base: UnsafeRawPointer, count: Int) -> Bool {
        if count >= 8 {
            let words = unsafe SIMD2(
                base.loadUnaligned(as: UInt64.self),
                (base + (count &- 8)).loadUnaligned(as: UInt64.self))
            let lanes = unsafe unsafeBitCast(words, to: SIMD16<UInt8>.self)
            return !anyHigh(lanes | (lanes &- 0x20) | (lanes &+ 1))
        }
        for offset in 0..<count {
            let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
            if byte &- 0x20 > 0x5E { return false }
        }
        return true
    }
}
