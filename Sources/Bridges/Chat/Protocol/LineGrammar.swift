import MessageBus
import Sockets

/// The parser of clients' lines, in one language; *The chat protocol* describes them.
///
/// Lines must be valid UTF-8 and clean (`TextEncoding`, `TextCleaning`), without their ending. Safe
/// from any thread: it never changes. It is a class so that a copy costs one retain.
package final class LineGrammar: Sendable {
    private let joinedEnding: [UInt8]
    private let leftEnding: [UInt8]

    /// A notice at the beginning of a line, valid as long as the line is.
    @safe private struct Notice {
        let subject: UnsafeRawBufferPointer
        /// The offset after the notice.
        let end: Int
    }

    /// Makes a grammar that understands the notices of a language.
    package init(_ phrases: Phrases) {
        joinedEnding = Array(phrases.joinedEnding.utf8)
        leftEnding = Array(phrases.leftEnding.utf8)
    }

    /// Returns the meaning of a line from a client with a name, or without one.
    ///
    /// Allocates nothing for clients with a name, unless the line may begin with that name and is
    /// not ASCII.
    ///
    /// - Parameter isGuest: whether the name was given, so that the client may take another by
    ///   speaking with it.
    @safe package func meaning(
        of line: UnsafeRawBufferPointer, from name: Name?, isGuest: Bool = false
    ) -> ClientLine {
        guard let name else { return meaningOfNameless(line) }
        if let start = textAfterOwnName(in: line, name) {
            return .content(content(in: line, from: start))
        }
        if let end = noticeEnd(in: line, by: name) { return .content(rest(of: line, from: end)) }
        if let spelling = subject(of: line, ending: leftEnding), name.isSpelled(by: spelling) {
            return .leave
        }
        if isGuest, case .enter(let other, let content) = meaningOfNameless(line) {
            return .enter(other, then: content)
        }
        // A password is never said, not even behind a name that is not, or is no longer, the
        // client's.
        return .content(content(in: line, from: PasswordLine.offset(in: line) ?? 0))
    }

    @safe private func meaningOfNameless(_ line: UnsafeRawBufferPointer) -> ClientLine {
        if TextTrimming.isBlank(line) { return .content(.nothing) }
        // No name begins with a slash: a line that does, and otherwise looks as if it had a name,
        // is refused unless it is a command.
        if let start = slashOffset(in: line, from: 0), isCommand(line) || !looksNamed(line) {
            return line.byte(at: start + 1) == slash
                ? .nameless(.text) : .content(content(in: line, from: start))
        }
        do throws(NameProblem) {
            if let notice = joinNotice(in: line) {
                // Two endings after one name are neither a notice nor a line.
                let rest = line.part(notice.end...)
                if rest.begins(with: joinedEnding) { throw .notice }
                return unsafe .enter(
                    try Name(notice.subject), then: self.rest(of: line, from: notice.end))
            }
            if let colon = separator(in: line) {
                let name = try Name(spelling(in: line, before: colon))
                let start = min(colon + 2, line.count)
                return .enter(name, then: content(in: line, from: start))
            }
            // A notice whose subject is not a name is refused for that reason.
            if let spelling = subject(of: line, ending: joinedEnding) { _ = try Name(spelling) }
        } catch {
            return .refused(error)
        }
        return .nameless(lacksSpace(line) ? .missingSpace : .text)
    }

    @safe private func isCommand(_ line: UnsafeRawBufferPointer) -> Bool {
        guard case .command(let verb, _) = content(in: line, from: 0) else { return false }
        return ChatCommand(verb: line.part(verb).beginning(atMost: 64).text) != nil
    }

    @safe private func looksNamed(_ line: UnsafeRawBufferPointer) -> Bool {
        unsafe separator(in: line) != nil || joinNotice(in: line) != nil
            || subject(of: line, ending: joinedEnding) != nil
    }

    /// Returns whether a line has a name, a colon, and the text directly after it.
    @safe private func lacksSpace(_ line: UnsafeRawBufferPointer) -> Bool {
        let beginning = line.beginning(atMost: Name.maxUncomposedBytes)
        guard let colon = beginning.offset(of: colonByte), !isAddress(line, behind: colon)
        else { return false }
        return (try? Name(spelling(in: line, before: colon))) != nil
    }

    // MARK: - One's own name

    /// Returns the offset of the text if the line begins with the sender's own name: `ana: `, `ana
    /// : `, `ana:`, `<ana> ` or `[ana] `.
    @safe private func textAfterOwnName(in line: UnsafeRawBufferPointer, _ name: Name) -> Int? {
        if line.begins(with: name.prefix) { return name.prefix.count }
        guard let first = line.byte(at: 0) else { return nil }
        let beginning = line.beginning(atMost: Name.maxUncomposedBytes + 2)
        if first == UInt8(ascii: "<") || first == UInt8(ascii: "["),
            let start = textAfterBrackets(in: beginning, name)
        {
            return start
        }
        guard let colon = beginning.offset(of: colonByte),
            name.isSpelled(by: spelling(in: line, before: colon)),
            !isAddress(line, behind: colon)
        else { return nil }
        return indexAfterSpace(line, colon + 1)
    }

    @safe private func textAfterBrackets(in line: UnsafeRawBufferPointer, _ name: Name) -> Int? {
        let closing = line.byte(at: 0) == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: "]")
        guard let end = line.offset(of: closing),
            name.isSpelled(by: line.part(1..<end))
        else { return nil }
        let hasColon = line.byte(at: end + 1) == colonByte
        return indexAfterSpace(line, end + (hasColon ? 2 : 1))
    }

    @safe private func indexAfterSpace(_ line: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        line.byte(at: offset) == space ? offset + 1 : offset
    }

    /// Returns the text in front of a colon, without the blanks there.
    @safe private func spelling(
        in line: UnsafeRawBufferPointer, before colon: Int
    ) -> UnsafeRawBufferPointer {
        var end = colon
        while let last = line.byte(at: end - 1), last == space || last == 0x09 { end -= 1 }
        // A no-break space, as French types it there.
        if line.byte(at: end - 2) == 0xC2, line.byte(at: end - 1) == 0xA0 { end -= 2 }
        return line.part(..<end)
    }

    /// Returns whether a colon is that of `http://`.
    @safe private func isAddress(_ line: UnsafeRawBufferPointer, behind colon: Int) -> Bool {
        line.byte(at: colon + 1) == slash && line.byte(at: colon + 2) == slash
    }

    // MARK: - Texts and commands

    /// Returns what a line says or commands from an offset on.
    @safe package func content(
        in line: UnsafeRawBufferPointer, from start: Int
    ) -> ClientLine.Content {
        let text = line.part(start...)
        if TextTrimming.isBlank(text) { return .nothing }
        let end = line.count
        guard let place = slashOffset(in: line, from: start) else { return .say(start..<end) }
        let afterSlash = place + 1
        if line.byte(at: afterSlash) == slash { return .say(afterSlash..<end) }
        var base = afterSlash
        while let byte = line.byte(at: base), byte != space, byte != 0x09 { base += 1 }
        let arguments = TextTrimming.trimmed(line.part(base...))
        return .command(
            verb: afterSlash..<base,
            arguments: (base + arguments.lowerBound)..<(base + arguments.upperBound))
    }

    /// Returns the offset of the slash that begins a text, after any blanks.
    @safe private func slashOffset(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let first = line.byte(at: start) else { return nil }
        if first == slash { return start }
        // Nearly every text begins with a visible ASCII character.
        if first &- 0x21 < 0x5E { return nil }
        let text = line.part(start...)
        let place = start + TextTrimming.trimmed(text).lowerBound
        return line.byte(at: place) == slash ? place : nil
    }

    /// Returns the offset of the first colon that a space follows or that ends the line.
    ///
    /// An earlier colon becomes part of the text in front, and keeps it from being a name.
    @safe private func separator(in line: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        while let colon = line.offset(of: colonByte, from: offset) {
            if colon + 1 == line.count || line.byte(at: colon + 1) == space { return colon }
            offset = colon + 1
        }
        return nil
    }

    // MARK: - Notices

    /// Returns the text in front of a notice's ending, if the line ends with that.
    @safe private func subject(
        of line: UnsafeRawBufferPointer, ending: [UInt8]
    ) -> UnsafeRawBufferPointer? {
        let start = line.count - ending.count
        guard start >= 0, line.byte(at: line.count - 1) == ending[ending.count - 1],
            line.part(start...).begins(with: ending)
        else { return nil }
        return line.part(..<start)
    }

    /// Finds a complete join notice at the beginning of a line, whatever follows.
    ///
    /// Names hold no colon: after one, the same words are text.
    @safe private func joinNotice(
        in line: UnsafeRawBufferPointer
    ) -> Notice? {
        let most = Name.maxUncomposedBytes + joinedEnding.count
        guard let start = endingOffset(in: line.beginning(atMost: most)) else { return nil }
        let subject = line.part(..<start)
        guard subject.offset(of: colonByte) == nil else { return nil }
        return unsafe Notice(subject: subject, end: start + joinedEnding.count)
    }

    /// Returns the offset of a notice's ending among the first bytes of a line.
    ///
    /// Searches for the last byte of the ending, a full stop, because a text has fewer of those
    /// than of spaces, with which the ending begins.
    @safe private func endingOffset(in beginning: UnsafeRawBufferPointer) -> Int? {
        let length = joinedEnding.count
        var last = length - 1
        while let found = beginning.offset(of: joinedEnding[length - 1], from: last) {
            let start = found + 1 - length
            if beginning.part(start...).begins(with: joinedEnding) { return start }
            last = found + 1
        }
        return nil
    }

    /// Returns the end of the sender's own join notices at the beginning of a line: they say what
    /// is so already.
    @safe private func noticeEnd(in line: UnsafeRawBufferPointer, by name: Name) -> Int? {
        guard line.count >= joinedEnding.count else { return nil }
        var end = 0
        while let notice = joinNotice(in: line.part(end...)),
            unsafe name.isSpelled(by: notice.subject)
        {
            end += notice.end
        }
        return end > 0 ? end : nil
    }

    /// Returns what follows a notice.
    @safe private func rest(of line: UnsafeRawBufferPointer, from start: Int)
        -> ClientLine.Content
    {
        let text = line.part(start...)
        let range = TextTrimming.trimmed(text)
        return range.isEmpty ? .nothing : .line((start + range.lowerBound)..<line.count)
    }

    private var slash: UInt8 { 0x2F }
    private var colonByte: UInt8 { 0x3A }
    private var space: UInt8 { 0x20 }
}
