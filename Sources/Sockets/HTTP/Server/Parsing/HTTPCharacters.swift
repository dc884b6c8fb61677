/// The classes of bytes that a request is made of.
enum HTTPCharacters {
    // Each class is two masks, for 0–63 and 64–127: a table would be an array, whose every use
    // checks that it has been made.

    /// Returns whether a byte may be in a token, such as a method or a name (RFC 9110, 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        isIn(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
    }

    /// Returns whether a byte may be in a target: what is visible, except `#`, which begins a
    /// fragment, and `"<>\`, which some server reads as something else.
    ///
    /// RFC 3986 allows less; browsers send `|`, `^`, `{`, `}` and a backtick as they are.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        isIn(byte, 0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_EFFF_FFFF)
    }

    /// Returns whether a byte may be in the name of a host that is no IPv6 address.
    ///
    /// RFC 3986 allows more, among it the comma, at which two names could begin.
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool {
        isIn(byte, 0x03FF_6020_0000_0000, 0x47FF_FFFE_87FF_FFFE)
    }

    /// Returns whether a byte may be in the value of a field: visible, space, tab, or not ASCII
    /// (RFC 9110, 5.5).
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    /// Returns whether a byte is a space or a tab.
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Returns whether a byte is an ASCII digit.
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Returns the value of a hexadecimal digit; `nil` if it is not one.
    @inline(__always)
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Returns an ASCII letter in lower case, and any other byte as it is.
    @inline(__always)
    static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    @inline(__always)
    private static func isIn(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }
}
