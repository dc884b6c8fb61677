/// A check, piece by piece, that bytes are UTF-8 (RFC 3629).
///
/// A wrong byte is found when it comes, not at the end of its character.
struct UTF8Validator {
    /// Continuation bytes that the present character still needs.
    private var needed = 0
    /// The bounds of the next continuation byte.
    private var (low, high): (UInt8, UInt8) = (0x80, 0xBF)

    /// True if no character is incomplete.
    var isComplete: Bool { needed == 0 }

    /// Checks the next bytes; returns false if they can't be a part of any text.
    @safe mutating func check(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard var at = bytes.baseAddress else { return true }
        let end = unsafe at + bytes.count
        while unsafe at < end {
            if needed == 0 {
                unsafe at = Self.skipASCII(from: at, to: end)
                if unsafe at == end { break }
            }
            guard unsafe check(at.load(as: UInt8.self)) else { return false }
            unsafe at += 1
        }
        return true
    }

    private static func skipASCII(
        from start: UnsafeRawPointer, to end: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var at = unsafe start
        while unsafe at + 8 <= end,
            unsafe at.loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            unsafe at += 8
        }
        while unsafe at < end, unsafe at.load(as: UInt8.self) < 0x80 { unsafe at += 1 }
        return unsafe at
    }

    private mutating func check(_ byte: UInt8) -> Bool {
        if needed > 0 {
            guard byte >= low, byte <= high else { return false }
            (needed, low, high) = (needed - 1, 0x80, 0xBF)
            return true
        }
        // The second byte's bounds leave out overlong forms, surrogates, and what is past U+10FFFF.
        switch byte {
        case 0xC2...0xDF: (needed, low, high) = (1, 0x80, 0xBF)
        case 0xE0: (needed, low, high) = (2, 0xA0, 0xBF)
        case 0xED: (needed, low, high) = (2, 0x80, 0x9F)
        case 0xE1...0xEF: (needed, low, high) = (2, 0x80, 0xBF)
        case 0xF0: (needed, low, high) = (3, 0x90, 0xBF)
        case 0xF1...0xF3: (needed, low, high) = (3, 0x80, 0xBF)
        case 0xF4: (needed, low, high) = (3, 0x80, 0x8F)
        default: return byte < 0x80
        }
        return true
    }
}
