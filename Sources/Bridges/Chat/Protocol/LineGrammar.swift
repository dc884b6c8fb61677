import Glibc
import MessageBus

/// The parser of clients' lines, in one language; *The chat protocol* describes them.
///
/// Lines must be valid UTF-8 and clean (`TextEncoding`, `TextCleaning`), without their ending. Safe
/// from any thread: it never changes. It is a class so that a copy costs one retain.
package final class LineGrammar: Sendable {
    private let joinedEnding: [UInt8]
    private let leftEnding: [UInt8]

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
            return .utterance(utterance(in: line, from: start))
        }
        if let end = noticeEnd(in: line, by: name) { return .utterance(rest(of: line, from: end)) }
        if let spelling = subject(of: line, ending: leftEnding), name.isSpelled(by: spelling) {
            return .leave
        }
        if isGuest, case .enter(let other, let utterance) = meaningOfNameless(line) {
            return .enter(other, then: utterance)
        }
        // Not even behind a name that is not, or no longer, the client's own is a password said.
        return .utterance(utterance(in: line, from: PasswordLine.offset(in: line) ?? 0))
    }

    private func meaningOfNameless(_ line: UnsafeRawBufferPointer) -> ClientLine {
        if TextTrimming.isBlank(line) { return .utterance(.nothing) }
        // No name begins with a slash, so what looks like one is refused, unless it is a command.
        if let start = slashOffset(in: line, from: 0), isCommand(line) || !looksNamed(line) {
            let isText = start + 1 < line.count && line[start + 1] == slash
            return isText ? .nameless(.text) : .utterance(utterance(in: line, from: start))
        }
        do throws(NameProblem) {
            if let notice = joinNotice(in: line) {
                // Two endings after one name are neither a notice nor a line.
                let rest = UnsafeRawBufferPointer(rebasing: line[notice.end...])
                if hasPrefix(rest, joinedEnding) { throw .notice }
                return .enter(
                    try Name(notice.subject), then: self.rest(of: line, from: notice.end))
            }
            if let colon = separator(in: line) {
                let name = try Name(spelling(in: line, before: colon))
                let start = min(colon + 2, line.count)
                return .enter(name, then: utterance(in: line, from: start))
            }
            // A notice whose subject is no name is refused for that reason.
            if let spelling = subject(of: line, ending: joinedEnding) { _ = try Name(spelling) }
        } catch {
            return .refused(error)
        }
        return .nameless(lacksSpace(line) ? .missingSpace : .text)
    }

    private func isCommand(_ line: UnsafeRawBufferPointer) -> Bool {
        guard case .command(let verb, _) = utterance(in: line, from: 0) else { return false }
        return ChatCommand(verb: String(decoding: line[verb].prefix(64), as: UTF8.self)) != nil
    }

    private func looksNamed(_ line: UnsafeRawBufferPointer) -> Bool {
        separator(in: line) != nil || joinNotice(in: line) != nil
            || subject(of: line, ending: joinedEnding) != nil
    }

    /// Returns whether a line has a name, a colon, and the text directly after it.
    private func lacksSpace(_ line: UnsafeRawBufferPointer) -> Bool {
        let beginning = UnsafeRawBufferPointer(rebasing: line.prefix(Name.maxUncomposedBytes))
        guard let colon = colon(in: beginning, from: 0), !isAddress(line, behind: colon)
        else { return false }
        return (try? Name(spelling(in: line, before: colon))) != nil
    }

    // MARK: - One's own name

    /// Returns the offset of the text if the line begins with the sender's own name: `ana: `, `ana
    /// : `, `ana:`, `<ana> ` or `[ana] `.
    private func textAfterOwnName(in line: UnsafeRawBufferPointer, _ name: Name) -> Int? {
        if hasPrefix(line, name.prefix) { return name.prefix.count }
        if line.isEmpty { return nil }
        let beginning = UnsafeRawBufferPointer(rebasing: line.prefix(Name.maxUncomposedBytes + 2))
        if line[0] == UInt8(ascii: "<") || line[0] == UInt8(ascii: "["),
            let start = textAfterBrackets(in: beginning, name)
        {
            return start
        }
        guard let colon = colon(in: beginning, from: 0),
            name.isSpelled(by: spelling(in: line, before: colon)),
            !isAddress(line, behind: colon)
        else { return nil }
        return indexAfterSpace(line, colon + 1)
    }

    private func textAfterBrackets(in line: UnsafeRawBufferPointer, _ name: Name) -> Int? {
        let closing = line[0] == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: "]")
        guard let end = line.firstIndex(of: closing),
            name.isSpelled(by: UnsafeRawBufferPointer(rebasing: line[1..<end]))
        else { return nil }
        let hasColon = end + 1 < line.count && line[end + 1] == colonByte
        return indexAfterSpace(line, end + (hasColon ? 2 : 1))
    }

    private func indexAfterSpace(_ line: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        offset < line.count && line[offset] == space ? offset + 1 : offset
    }

    /// Returns the text in front of a colon, without the blanks there.
    private func spelling(
        in line: UnsafeRawBufferPointer, before colon: Int
    ) -> UnsafeRawBufferPointer {
        var end = colon
        while end > 0, line[end - 1] == space || line[end - 1] == 0x09 { end -= 1 }
        // A no-break space, as French types it there.
        if end > 1, line[end - 2] == 0xC2, line[end - 1] == 0xA0 { end -= 2 }
        return UnsafeRawBufferPointer(rebasing: line[..<end])
    }

    /// Returns whether a colon is that of `http://`.
    private func isAddress(_ line: UnsafeRawBufferPointer, behind colon: Int) -> Bool {
        colon + 2 < line.count && line[colon + 1] == slash && line[colon + 2] == slash
    }

    // MARK: - Texts and commands

    /// Returns what a line says or commands from an offset on.
    @safe package func utterance(
        in line: UnsafeRawBufferPointer, from start: Int
    ) -> ClientLine.Utterance {
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        if TextTrimming.isBlank(text) { return .nothing }
        let end = line.count
        guard let place = slashOffset(in: line, from: start) else { return .say(start..<end) }
        let afterSlash = place + 1
        if afterSlash < end, line[afterSlash] == slash { return .say(afterSlash..<end) }
        var base = afterSlash
        while base < end, line[base] != space, line[base] != 0x09 { base += 1 }
        let arguments = TextTrimming.trimmed(UnsafeRawBufferPointer(rebasing: line[base...]))
        return .command(
            verb: afterSlash..<base,
            arguments: (base + arguments.lowerBound)..<(base + arguments.upperBound))
    }

    /// Returns the offset of the slash that begins a text, after any blanks.
    private func slashOffset(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        if line[start] == slash { return start }
        // Nearly every text begins with a visible ASCII character.
        if line[start] &- 0x21 < 0x5E { return nil }
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        let place = start + TextTrimming.trimmed(text).lowerBound
        return place < line.count && line[place] == slash ? place : nil
    }

    /// Returns the offset of the first colon that a space follows or that ends the line.
    ///
    /// An earlier colon becomes part of the text in front, and keeps it from being a name.
    private func separator(in line: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        while let colon = colon(in: line, from: offset) {
            if colon + 1 == line.count || line[colon + 1] == space { return colon }
            offset = colon + 1
        }
        return nil
    }

    private func colon(in line: UnsafeRawBufferPointer, from offset: Int) -> Int? {
        guard offset < line.count, let base = line.baseAddress,
            let found = memchr(base + offset, Int32(colonByte), line.count - offset)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    // MARK: - Notices

    /// Returns the text in front of a notice's ending, if the line ends with that.
    private func subject(
        of line: UnsafeRawBufferPointer, ending: [UInt8]
    ) -> UnsafeRawBufferPointer? {
        let start = line.count - ending.count
        guard start >= 0, line[line.count - 1] == ending[ending.count - 1],
            hasPrefix(UnsafeRawBufferPointer(rebasing: line[start...]), ending)
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[..<start])
    }

    private func hasPrefix(_ line: UnsafeRawBufferPointer, _ prefix: [UInt8]) -> Bool {
        guard line.count >= prefix.count, let base = line.baseAddress else { return false }
        return prefix.withUnsafeBytes { bytes in
            guard let other = bytes.baseAddress else { return true }
            return memcmp(base, other, bytes.count) == 0
        }
    }

    /// Finds a complete join notice at the beginning of a line, whatever follows.
    ///
    /// Names hold no colon: after one, the same words are text.
    private func joinNotice(
        in line: UnsafeRawBufferPointer
    ) -> (subject: UnsafeRawBufferPointer, end: Int)? {
        let most = min(line.count, Name.maxUncomposedBytes + joinedEnding.count)
        guard let start = endingOffset(in: line, most), let base = line.baseAddress else {
            return nil
        }
        if memchr(base, Int32(colonByte), start) != nil { return nil }
        return (UnsafeRawBufferPointer(rebasing: line[..<start]), start + joinedEnding.count)
    }

    /// Returns the offset of a notice's ending among the first bytes of a line.
    private func endingOffset(in line: UnsafeRawBufferPointer, _ count: Int) -> Int? {
        guard let base = line.baseAddress else { return nil }
        var offset = 0
        while offset + joinedEnding.count <= count,
            let found = memchr(base + offset, Int32(joinedEnding[0]), count - offset)
        {
            offset = UnsafeRawPointer(found) - base
            if hasPrefix(UnsafeRawBufferPointer(rebasing: line[offset...]), joinedEnding) {
                return offset
            }
            offset += 1
        }
        return nil
    }

    /// Returns the end of the sender's own join notices at the beginning of a line: they say what
    /// is so already.
    private func noticeEnd(in line: UnsafeRawBufferPointer, by name: Name) -> Int? {
        guard line.count >= joinedEnding.count else { return nil }
        var end = 0
        while let notice = joinNotice(in: UnsafeRawBufferPointer(rebasing: line[end...])),
            name.isSpelled(by: notice.subject)
        {
            end += notice.end
        }
        return end > 0 ? end : nil
    }

    /// Returns what follows a notice.
    private func rest(of line: UnsafeRawBufferPointer, from start: Int) -> ClientLine.Utterance {
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        let range = TextTrimming.trimmed(text)
        return range.isEmpty ? .nothing : .line((start + range.lowerBound)..<line.count)
    }

    private var slash: UInt8 { 0x2F }
    private var colonByte: UInt8 { 0x3A }
    private var space: UInt8 { 0x20 }
}
