import Glibc
import MessageBus

/// The rules by which a line that carries a password is known, before it is whole: half a password
/// must never be said.
package enum PasswordLine {
    /// Bytes in front of a command that are searched: a name, or a notice, and blanks.
    static let maxFrontBytes = 512
    /// Bytes of the longest verb that is looked up, with what is not seen in it.
    static let maxVerbBytes = 64

    /// Returns true if the beginning of a line is, or may become, a command that carries a password:
    /// also behind a name or a notice.
    ///
    /// Some texts that only hold such a command are taken for one. The text is as it came: what will be
    /// removed from the line does not hide the command.
    @safe package static func mayBegin(_ text: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(text) { return mayBegin(clean: text) }
        // Twice as much, for clients that send two bytes for each character.
        let front = UnsafeRawBufferPointer(rebasing: text.prefix(2 * maxFrontBytes))
        return TextCleaning.cleaned(repairing: front, lineEndings: .removed)
            .withUnsafeBytes { mayBegin(clean: $0) }
    }

    private static func mayBegin(clean text: UnsafeRawBufferPointer) -> Bool {
        var last: UInt8?
        for (offset, byte) in text.prefix(maxFrontBytes).enumerated() {
            if byte == slash || isOtherSlash(text, endingAt: offset), mayPrecedeCommand(last),
                isVerb(UnsafeRawBufferPointer(rebasing: text[(offset + 1)...]), orPart: true)
            {
                return true
            }
            last = byte
        }
        return false
    }

    /// Returns true if a text is a command that carries a password.
    @safe package static func isMeant(by text: UnsafeRawBufferPointer) -> Bool {
        let trimmed = UnsafeRawBufferPointer(rebasing: text[TextTrimming.trimmed(text)])
        guard trimmed.first == slash else { return false }
        return isVerb(UnsafeRawBufferPointer(rebasing: trimmed.dropFirst()), orPart: false)
    }

    /// Returns the offset of a command that carries a password behind what may be a name.
    @safe static func offset(in line: UnsafeRawBufferPointer) -> Int? {
        guard let base = line.baseAddress, let found = memchr(base, Int32(slash), line.count) else {
            return nil
        }
        let offset = UnsafeRawPointer(found) - base
        // Nearly every slash is that of an address or a date.
        guard offset + 1 < line.count, line[offset + 1] >= 0x41 else { return nil }
        let front = UnsafeRawBufferPointer(rebasing: line[..<offset])
        let name = TextTrimming.trimmed(front)
        guard !name.isEmpty, offset <= maxFrontBytes,
            ":>]".utf8.contains(front[name.upperBound - 1]),
            isMeant(by: UnsafeRawBufferPointer(rebasing: line[offset...]))
        else { return nil }
        return offset
    }

    /// Returns true if a command may begin behind a byte: a blank, the end of a name or a notice, or
    /// part of a character that is no ASCII and may be a blank.
    static func mayPrecedeCommand(_ byte: UInt8?) -> Bool {
        guard let byte else { return true }
        return byte >= 0x80 || byte <= 0x20 || ":>].".utf8.contains(byte)
    }

    private static func isVerb(_ rest: UnsafeRawBufferPointer, orPart: Bool) -> Bool {
        let word = rest.prefix { $0 != 0x20 && $0 != 0x09 }
        // No string is made of what stands behind the slashes of an address.
        guard word.count <= maxVerbBytes, word.first != slash else { return false }
        let text = String(decoding: word, as: UTF8.self)
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        let verb = isASCII ? text.lowercased() : seen(text.unicodeScalars).lowercased()
        return ChatCommand.passwordVerbs.contains {
            $0 == verb || orPart && word.count == rest.count && $0.hasPrefix(verb)
        }
    }

    private static var slash: UInt8 { 0x2F }
}
