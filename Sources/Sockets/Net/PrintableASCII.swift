/// The search for the end of printable ASCII: 0x20 to 0x7E.
enum PrintableASCII {
    /// Returns the first byte that is not printable ASCII, an LF for instance, or `end`.
    ///
    /// 16 bytes at a time. One pass finds the end of a line and tells that nothing in it needs a
    /// closer look; `memchr` and a check after it would be two.
    @inline(__always)
    static func end(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer {
        var at = unsafe start
        while unsafe at + 16 <= end {
            let lanes = unsafe at.loadUnaligned(as: SIMD16<UInt8>.self)
            // The high bit of a lane says "special": below 0x20 the subtraction sets it, 0x7F + 1
            // does, and 0x80 and above have it.
            let marks = lanes | (lanes &- 0x20) | (lanes &+ 1)
            let words = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self) & 0x8080_8080_8080_8080
            if words.x != 0 { return unsafe at + words.x.trailingZeroBitCount / 8 }
            if words.y != 0 { return unsafe at + (8 + words.y.trailingZeroBitCount / 8) }
            unsafe at += 16
        }
        while unsafe at < end {
            if unsafe at.load(as: UInt8.self) &- 0x20 >= 0x5F { return unsafe at }
            unsafe at += 1
        }
        return unsafe end
    }
}
