/// The markers that only the bus may write in front of a text: `[↩ ana: …]` before an answer, `[✎]`
/// before an edit, and `[deleted by ana]` in place of a text.
///
/// If somebody types such a beginning, a round bracket takes the place of the square one: it has as
/// many bytes, so a text is altered where it stands.
public enum ReservedMarkers {
    /// Returns whether a line that begins with this byte may have to be altered.
    @inline(__always)
    package static func mayBegin(with byte: UInt8) -> Bool {
        // Printable ASCII but the space and the bracket.
        byte &- 0x21 >= 0x5E || byte == UInt8(ascii: "[")
    }

    /// Alters each line of a text that begins as only the bus may begin one; all lines, because
    /// each of them gets a name in front.
    ///
    /// The bytes must be UTF-8. Returns whether anything was altered.
    @discardableResult
    @safe package static func alter(_ text: UnsafeMutableRawBufferPointer) -> Bool {
        var isAltered = false
        var start = 0
        while start < text.count {
            if unsafe mayBegin(with: text[start]), unsafe alterLine(text, from: start) {
                isAltered = true
            }
            while start < text.count, unsafe text[start] != 0x0A { start &+= 1 }
            start &+= 1
        }
        return isAltered
    }

    /// Returns the altered form of a text that is a message by itself, such as a piece of a longer
    /// one that was cut in front of a bracket.
    public static func altered(_ text: String) -> String {
        var bytes = Array(text.utf8)
        let isAltered = unsafe bytes.withUnsafeMutableBytes { alter($0) }
        return isAltered ? String(decoding: bytes, as: UTF8.self) : text
    }

    /// Alters closing brackets of a quoted text that it has not opened itself: the bracket behind a
    /// quotation is the bus's, and the text behind that is somebody else's.
    static func replaceUnmatchedClosings(in text: inout [UInt8]) {
        var open = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "["): open += 1
            case UInt8(ascii: "]"):
                if open == 0 { text[index] = UInt8(ascii: ")") } else { open -= 1 }
            // The fullwidth ones, U+FF3B and U+FF3D, which becomes U+FF09.
            case 0xBB where isFullwidth(text, index): open += 1
            case 0xBD where isFullwidth(text, index):
                if open == 0 { text[index] = 0x89 } else { open -= 1 }
            default: break
            }
        }
    }

    private static func isFullwidth(_ text: [UInt8], _ index: Int) -> Bool {
        index > 1 && text[index - 1] == 0xBC && text[index - 2] == 0xEF
    }

    /// The replacement of a bracket.
    private struct Replacement {
        let offset: Int
        let bytes: [UInt8]
    }

    private static func alterLine(
        _ text: UnsafeMutableRawBufferPointer, from start: Int
    ) -> Bool {
        guard let found = unsafe replacement(in: UnsafeRawBufferPointer(text), from: start) else {
            return false
        }
        for (index, byte) in found.bytes.enumerated() { unsafe text[found.offset + index] = byte }
        return true
    }

    /// Finds a bracket with a mark of the bus behind it, whatever invisible characters are around
    /// them.
    private static func replacement(
        in text: UnsafeRawBufferPointer, from start: Int
    ) -> Replacement? {
        var bracket: Replacement?
        var offset = start
        while offset < text.count, unsafe text[offset] != 0x0A {
            let (scalar, length) = unsafe scalar(in: text, at: offset)
            if bracket != nil, unsafe isMark(scalar) || isDeletion(in: text, at: offset) {
                return bracket
            }
            if let bytes = roundBracket(for: scalar) {
                // Of several brackets the last one stands at the mark.
                bracket = Replacement(offset: offset, bytes: bytes)
            } else if !isUnseen(scalar) {
                return nil
            }
            offset &+= length
        }
        return nil
    }

    /// Returns whether a text goes on as that of a message that was deleted.
    private static func isDeletion(in text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let words: StaticString = "deleted by"
        guard text.count &- offset > words.utf8CodeUnitCount else { return false }
        return words.withUTF8Buffer { words in
            words.indices.allSatisfy { unsafe text[offset &+ $0] | 0x20 == words[$0] }
        }
    }

    /// Returns the character at an offset of valid UTF-8, and its number of bytes.
    private static func scalar(
        in text: UnsafeRawBufferPointer, at offset: Int
    ) -> (value: UInt32, length: Int) {
        let first = unsafe UInt32(text[offset])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 1, offset &+ length <= text.count else { return (first, 1) }
        var value = first & (0x7F >> UInt32(length))
        for index in 1..<length { value = unsafe value << 6 | UInt32(text[offset &+ index] & 0x3F) }
        return (value, length)
    }

    /// Returns a round bracket of as many bytes for a square bracket or one that looks like it;
    /// `nil` for other characters.
    private static func roundBracket(for scalar: UInt32) -> [UInt8]? {
        switch scalar {
        case 0x5B: [0x28]
        // Fullwidth and of vertical writing: U+FF08.
        case 0xFF3B, 0xFE47: [0xEF, 0xBC, 0x88]
        // With a quill, with a stroke or a tick, white, double, in halves, of tortoise shell, of
        // East Asian writing: U+2768.
        case 0x2045, 0x2308, 0x230A, 0x231C, 0x231E, 0x23A1...0x23A3, 0x23B0, 0x2772, 0x27E6,
            0x27EC,
            0x298B, 0x298D, 0x298F, 0x2997, 0x2E22, 0x2E24, 0x2E26, 0x2E55, 0x2E57, 0x300C, 0x300E,
            0x3010, 0x3014, 0x3016, 0x3018, 0x301A, 0xFE39, 0xFE3B, 0xFE41, 0xFE43, 0xFE5D, 0xFF62:
            [0xE2, 0x9D, 0xA8]
        default: nil
        }
    }

    /// Returns whether a character is the sign of a reply or an edit, or is drawn like one:
    /// arrows that turn back, pencils and pens.
    private static func isMark(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x21A9...0x21AC, 0x21B0...0x21B7, 0x21BA, 0x21BB, 0x23CE, 0x2923...0x2926,
            0x2934...0x293F, 0x2B8C...0x2B91, 0x2BA0...0x2BB7, 0x1F501...0x1F504, 0x1F519,
            0x1F8B0, 0x1F8B1:
            true
        case 0x270D...0x2712, 0x1F4DD, 0x1F58A...0x1F58F, 0x1F589: true
        default: false
        }
    }

    /// Returns whether nothing is seen of a character but a gap or an accent.
    private static func isUnseen(_ scalar: UInt32) -> Bool {
        switch scalar {
        // White space.
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        // Default-ignorable, or blank without that property.
        case 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F,
            0x200B...0x200F,
            0x202A...0x202E, 0x2060...0x206F, 0x2800, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0,
            0xFFF0...0xFFFC, 0x1BCA0...0x1BCA3, 0x1D159, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        // Accents, which hang on what stands before them.
        case 0x0300...0x036F, 0x0483...0x0489, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF,
            0xFE20...0xFE2F:
            true
        default: false
        }
    }
}
