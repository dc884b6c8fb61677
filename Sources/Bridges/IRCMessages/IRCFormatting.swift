/// The control characters with which clients colour and emphasize text
/// (https://modern.ircdocs.horse/formatting).
package enum IRCFormatting {
    /// Returns a text without formatting.
    package static func remove(from text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        var rest = Array(text.utf8)[...]
        var plain: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case 0x03: removeColours(&rest, digits: 2, isDigit: isDecimal)
            case 0x04: removeColours(&rest, digits: 6, isDigit: isHexadecimal)
            // Bold, monospace, reverse, italics, strikethrough, underline, reset.
            case 0x02, 0x11, 0x16, 0x1D, 0x1E, 0x1F, 0x0F: break
            default: plain.append(byte)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Removes a foreground colour, and a background colour if there is one.
    private static func removeColours(
        _ rest: inout ArraySlice<UInt8>, digits: Int, isDigit: (UInt8) -> Bool
    ) {
        let foreground = rest.prefix(digits).prefix(while: isDigit)
        guard !foreground.isEmpty, digits == 2 || foreground.count == digits else { return }
        rest = rest.dropFirst(foreground.count)
        guard rest.first == UInt8(ascii: ",") else { return }
        let background = rest.dropFirst().prefix(digits).prefix(while: isDigit)
        guard !background.isEmpty, digits == 2 || background.count == digits else { return }
        rest = rest.dropFirst(background.count + 1)
    }

    private static func isDecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDecimal(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
