/// The trimming of white space around a text.
public enum TextTrimming {
    /// Returns whether there is nothing but white space, as Unicode's White_Space counts it.
    ///
    /// The bytes must be valid UTF-8. One comparison for a text that begins with a visible
    /// character.
    @safe public static func isBlank(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe bytes.isEmpty { return true }
        if unsafe bytes[0] &- 0x21 < 0x5E { return false }
        return unsafe leadingSpace(bytes) == bytes.count
    }

    /// Returns the range without the white space at either end; the bytes must be valid UTF-8.
    @safe public static func trimmed(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
        let start = unsafe leadingSpace(bytes)
        var end = bytes.count
        while end > start {
            var lead = end &- 1
            while lead > start, unsafe bytes[lead] & 0xC0 == 0x80 { lead &-= 1 }
            guard unsafe spaceLength(bytes, lead) == end &- lead else { break }
            end = lead
        }
        return start..<end
    }

    private static func leadingSpace(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while offset < bytes.count {
            let length = unsafe spaceLength(bytes, offset)
            if length == 0 { break }
            offset &+= length
        }
        return offset
    }

    /// Returns the number of bytes of the white space at this offset; 0 if there is none.
    private static func spaceLength(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        let left = bytes.count &- offset
        switch unsafe bytes[offset] {
        case 0x09...0x0D, 0x20: return 1
        case 0xC2 where left > 1:  // U+0085, U+00A0
            let second = unsafe bytes[offset &+ 1]
            return second == 0x85 || second == 0xA0 ? 2 : 0
        case 0xE1...0xE3 where left > 2:
            let scalar =
                unsafe UInt32(bytes[offset] & 0x0F) << 12 | UInt32(bytes[offset &+ 1] & 0x3F) << 6
                | UInt32(bytes[offset &+ 2] & 0x3F)
            switch scalar {
            case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return 3
            default: return 0
            }
        default: return 0
        }
    }
}
