import MessageBus
import Sockets

/// The rules by which a line that carries a password is recognised before all of it has come: half
/// a password must never be said.
package enum PasswordLine {
    /// Bytes in front of a command that are searched: a name, or a notice, and blanks.
    static let maxFrontBytes = 512
    /// Bytes of the longest verb that is looked up, with what is not seen in it.
    static let maxVerbBytes = 64

    /// Returns true if the beginning of a line is, or may become, a command that carries a
    /// password: also behind a name or a notice.
    ///
    /// Some texts that only hold such a command are taken for one. The text is as it came: what
    /// will be removed from the line does not hide the command.
    @safe package static func mayBegin(_ text: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(text) { return mayBegin(clean: text) }
        // Twice as much, for clients that send two bytes for each character.
        let front = text.beginning(atMost: 2 * maxFrontBytes)
        return unsafe TextCleaning.cleaned(repairing: front, lineEndings: .removed)
            .withUnsafeBytes { mayBegin(clean: $0) }
    }

    @safe private static func mayBegin(clean text: UnsafeRawBufferPointer) -> Bool {
        guard mayHoldSlash(text.beginning(atMost: maxFrontBytes)) else { return false }
        var last: UInt8?
        for offset in 0..<min(text.count, maxFrontBytes) {
            let byte = text.byte(at: offset)
            if byte == slash || isOtherSlash(text, endingAt: offset), mayPrecedeCommand(last),
                isVerb(text.part((offset + 1)...), orPart: true)
            {
                return true
            }
            last = byte
        }
        return false
    }

    /// Returns true if a text is a command that carries a password.
    @safe package static func isMeant(by text: UnsafeRawBufferPointer) -> Bool {
        let command = text.trimmed
        return command.byte(at: 0) == slash && isVerb(command.part(1...), orPart: false)
    }

    /// Returns the offset of a command that carries a password behind what may be a name.
    @safe static func offset(in line: UnsafeRawBufferPointer) -> Int? {
        // Nearly every slash is that of an address or a date.
        guard let offset = line.offset(of: slash), let next = line.byte(at: offset + 1),
            next >= 0x41
        else { return nil }
        let front = line.part(..<offset)
        let name = TextTrimming.trimmed(front)
        guard offset <= maxFrontBytes, let last = front.byte(at: name.upperBound - 1),
            ":>]".utf8.contains(last),
            isMeant(by: line.part(offset...))
        else { return nil }
        return offset
    }

    /// Returns true if a command may begin behind a byte: a blank, the end of a name or a notice,
    /// or part of a character that is not ASCII and may be a blank.
    static func mayPrecedeCommand(_ byte: UInt8?) -> Bool {
        guard let byte else { return true }
        return byte >= 0x80 || byte <= 0x20 || ":>].".utf8.contains(byte)
    }

    @safe private static func isVerb(_ rest: UnsafeRawBufferPointer, orPart: Bool) -> Bool {
        let word = rest.part(..<rest.wordEnd)
        // No string is made of the bytes behind the slashes of an address.
        guard word.count <= maxVerbBytes, word.byte(at: 0) != slash else { return false }
        let text = word.text
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        let verb = isASCII ? text.lowercased() : seen(text.unicodeScalars).lowercased()
        return ChatCommand.passwordVerbs.contains {
            $0 == verb || orPart && word.count == rest.count && $0.hasPrefix(verb)
        }
    }

    private static var slash: UInt8 { 0x2F }
}
