import MessageBus
import Sockets

// Commands with a password that are no commands, because something stands in front of their slash:
// they were meant as such, and must not be said.
extension PasswordLine {
    /// Returns true if a text that would be said is a command with a password, behind characters
    /// that are not seen or with another slash.
    ///
    /// Allocates nothing for a text in which no slash may begin a command. A text whose first byte
    /// is a slash was given two, and is meant to be said.
    ///
    /// - Parameter mayFollowName: true if the command may stand behind a name: `x:/login …`.
    @safe package static func isHidden(
        in text: UnsafeRawBufferPointer, behindName mayFollowName: Bool
    ) -> Bool {
        let front = text.beginning(atMost: maxFrontBytes)
        guard mayHoldSlash(front), front.indices.contains(where: { mayHide(front, at: $0) })
        else { return false }
        let scalars = Array(
            text.beginning(atMost: maxFrontBytes + maxVerbBytes).text.unicodeScalars)
        var last: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            if slashes.contains(scalar), index > 0 || scalar != "/",
                last.map({ mayFollowName && ":>]".unicodeScalars.contains($0) }) ?? true,
                isVerb(scalars[(index + 1)...])
            {
                return true
            }
            if !isUnseen(scalar) { last = scalar }
        }
        return false
    }

    /// Returns false if none of the bytes is a slash or begins one of the other `slashes`, as in
    /// most texts.
    ///
    /// Knows the first bytes of those that `isOtherSlash` knows the last ones of.
    @safe static func mayHoldSlash(_ text: UnsafeRawBufferPointer) -> Bool {
        text.offset(of: 0x2F) != nil || text.offset(of: 0xE2) != nil || text.offset(of: 0xEF) != nil
    }

    /// Returns true if a byte is, or ends, a slash that may begin a command.
    @safe private static func mayHide(_ text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard text.byte(at: offset) == 0x2F || isOtherSlash(text, endingAt: offset) else {
            return false
        }
        guard let before = text.byte(at: offset - 1), let next = text.byte(at: offset + 1) else {
            return false
        }
        return next >= 0x41 && mayPrecedeCommand(before)
    }

    /// Returns true if a byte is the last one of a character that looks like a slash.
    @safe static func isOtherSlash(_ text: UnsafeRawBufferPointer, endingAt offset: Int) -> Bool {
        switch (text.byte(at: offset - 2), text.byte(at: offset - 1), text.byte(at: offset)) {
        // U+FF0F, full-width; U+2044, of fractions; U+2215, of divisions.
        case (0xEF, 0xBC, 0x8F), (0xE2, 0x81, 0x84), (0xE2, 0x88, 0x95): return true
        default: return false
        }
    }

    private static let slashes: Set<Unicode.Scalar> = ["/", "\u{FF0F}", "\u{2044}", "\u{2215}"]

    private static func isVerb(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let word = rest.prefix { !$0.properties.isWhitespace }
        return ChatCommand.passwordVerbs.contains(seen(word).lowercased())
    }

    /// Returns the characters that are seen, those of full width as the usual ones.
    static func seen(_ text: some Sequence<Unicode.Scalar>) -> String {
        var seen = String.UnicodeScalarView()
        for scalar in text where !isUnseen(scalar) {
            let isWide = 0xFF01...0xFF5E ~= scalar.value
            seen.append(isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(seen)
    }

    /// Returns true for blanks, and for characters that nobody sees or that the bus removes.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || properties.generalCategory == .control || properties.generalCategory == .format
            // Bytes that are no text.
            || scalar == "\u{FFFD}"
    }
}
