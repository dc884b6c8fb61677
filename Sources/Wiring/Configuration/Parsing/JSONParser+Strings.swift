extension JSONParser {
    /// Parses the string that comes next; returns `nil` if there was a mistake in it.
    mutating func parseString() throws(ParsingAborted) -> String? {
        let start = offset
        offset += 1
        var text: [UInt8] = []
        var isGood = true
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return isGood ? String(decoding: text, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                let escape = offset
                if let scalar = parseEscape() {
                    text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
                } else {
                    isGood = false
                    mistake(
                        """
                        expected an escape that JSON knows; a backslash itself is written \\\\, as in \
                        "\\\\d"
                        """, at: escape)
                }
            case 0x0A, 0x0D: throw fail("expected the end of this string in its line", at: start)
            case 0..<0x20:
                isGood = false
                mistake(
                    "expected no control characters in a string, \\t for a tab", at: offset)
                offset += 1
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw fail("expected the end of this string, found the end of the file", at: start)
    }

    /// Parses an escape; skips backslash and letter and returns `nil` if it is not one.
    private mutating func parseEscape() -> Unicode.Scalar? {
        offset += 1
        // The end of the line or file: the caller reports that the string isn't closed.
        guard let letter = peek, letter >= 0x20 else { return nil }
        // A letter of several bytes is also skipped byte by byte: its rest is plain text.
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return parseUnicodeEscape()
        default: return nil
        }
    }

    /// Parses the digits of `\u`, and a second `\u` after the first half of a surrogate pair.
    private mutating func parseUnicodeEscape() -> Unicode.Scalar? {
        guard let first = parseHexDigits() else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard skip(UInt8(ascii: "\\")) else { return nil }
        guard skip(UInt8(ascii: "u")) else {
            offset -= 1
            return nil
        }
        guard let second = parseHexDigits(), UTF16.isTrailSurrogate(second) else { return nil }
        let value = 0x10000 + (UInt32(first & 0x3FF) << 10) + UInt32(second & 0x3FF)
        return Unicode.Scalar(value)
    }

    private mutating func parseHexDigits() -> UInt16? {
        guard offset + 4 <= bytes.count else { return nil }
        let digits = bytes[offset..<offset + 4]
        guard digits.allSatisfy(Self.isHexadecimal) else { return nil }
        offset += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
