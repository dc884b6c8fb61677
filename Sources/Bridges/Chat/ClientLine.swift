import Glibc
import MessageBus

/// What a client wants with one line.
///
/// Ranges are offsets of bytes in that line.
package enum ClientLine: Sendable, Equatable {
    /// To be heard, or obeyed, under the name it has.
    case utterance(Utterance)
    /// To take this name, enter the room, and then perhaps to be heard.
    case enter(Name, then: Utterance)
    /// To leave.
    case leave
    /// Nothing that it may want; to be told why.
    case refused(Refusal)

    /// What is left of a line when it is known who sent it.
    package enum Utterance: Sendable, Equatable {
        /// Nothing at all: an empty line, or a notice of what is so already.
        case nothing
        /// A text, never empty.
        case say(Range<Int>)
        /// A command: what follows the slash, up to white space (it may be empty), and the rest
        /// without the space around it.
        case command(verb: Range<Int>, arguments: Range<Int>)
    }

    /// Why a line is refused.
    package enum Refusal: Sendable, Equatable {
        /// What stands where a name should is none.
        case badName(NameProblem)
        /// Whoever has no name can't do this.
        case needName
    }
}

/// Reads lines of clients, in one language.
///
/// Lines must be valid UTF-8 and clean (`TextEncoding`, `TextCleaning`), without their ending.
/// Safe from any thread: it never changes. A class, so that handing it around costs one retain.
package final class LineGrammar: Sendable {
    private let joinedEnding: [UInt8]
    private let leftEnding: [UInt8]

    /// A grammar that understands the notices of a language.
    package init(_ words: Words) {
        joinedEnding = Array(words.joinedEnding.utf8)
        leftEnding = Array(words.leftEnding.utf8)
    }

    /// Finds out what a line means that comes from somebody with this name, or without any.
    ///
    /// Allocates nothing for those who have a name, unless what might be it is not ASCII.
    package func meaning(of line: UnsafeRawBufferPointer, from name: Name?) -> ClientLine {
        guard let name else { return meaningOfNameless(line) }
        if let start = textAfterOwnName(in: line, name) {
            return .utterance(utterance(in: line, from: start))
        }
        if let spelling = subject(of: line, ending: joinedEnding), name.isSpelled(by: spelling) {
            return .utterance(.nothing)
        }
        if let spelling = subject(of: line, ending: leftEnding), name.isSpelled(by: spelling) {
            return .leave
        }
        return .utterance(utterance(in: line, from: 0))
    }

    private func meaningOfNameless(_ line: UnsafeRawBufferPointer) -> ClientLine {
        if TextTrimming.isBlank(line) { return .utterance(.nothing) }
        // No name begins with a slash: what looks like one is refused, unless it is a command.
        if let start = slashPlace(in: line, from: 0), isCommand(line) || !looksNamed(line) {
            let isText = start + 1 < line.count && line[start + 1] == slash
            return isText ? .refused(.needName) : .utterance(utterance(in: line, from: start))
        }
        do throws(NameProblem) {
            if let colon = separator(in: line) {
                let name = try Name(UnsafeRawBufferPointer(rebasing: line[..<colon]))
                let start = min(colon + 2, line.count)
                return .enter(name, then: utterance(in: line, from: start))
            }
            if let spelling = subject(of: line, ending: joinedEnding) {
                return .enter(try Name(spelling), then: .nothing)
            }
        } catch {
            return .refused(.badName(error))
        }
        return .refused(.needName)
    }

    private func isCommand(_ line: UnsafeRawBufferPointer) -> Bool {
        guard case .command(let verb, _) = utterance(in: line, from: 0) else { return false }
        return ChatCommand(verb: String(decoding: line[verb].prefix(64), as: UTF8.self)) != nil
    }

    private func looksNamed(_ line: UnsafeRawBufferPointer) -> Bool {
        separator(in: line) != nil || subject(of: line, ending: joinedEnding) != nil
    }

    /// Where the text begins if the line begins with one's own name.
    private func textAfterOwnName(in line: UnsafeRawBufferPointer, _ name: Name) -> Int? {
        if hasPrefix(line, name.prefix) { return name.prefix.count }
        let beginning = UnsafeRawBufferPointer(rebasing: line.prefix(Name.maxUncomposedBytes))
        guard let colon = separator(in: beginning),
            colon + 1 == line.count || isSpace(line, colon + 1)
        else { return nil }
        let spelling = UnsafeRawBufferPointer(rebasing: line[..<colon])
        return name.isSpelled(by: spelling) ? min(colon + 2, line.count) : nil
    }

    private func utterance(
        in line: UnsafeRawBufferPointer, from start: Int
    ) -> ClientLine.Utterance {
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        if TextTrimming.isBlank(text) { return .nothing }
        let end = line.count
        guard let place = slashPlace(in: line, from: start) else { return .say(start..<end) }
        let afterSlash = place + 1
        if afterSlash < end, line[afterSlash] == slash { return .say(afterSlash..<end) }
        var base = afterSlash
        while base < end, line[base] != 0x20, line[base] != 0x09 { base += 1 }
        let arguments = TextTrimming.trimmed(UnsafeRawBufferPointer(rebasing: line[base...]))
        return .command(
            verb: afterSlash..<base,
            arguments: (base + arguments.lowerBound)..<(base + arguments.upperBound))
    }

    /// Where the slash is that a text begins with; blanks in front of it don't count.
    private func slashPlace(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        if line[start] == slash { return start }
        // Nearly every text begins with a visible character of ASCII.
        if line[start] &- 0x21 < 0x5E { return nil }
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        let place = start + TextTrimming.trimmed(text).lowerBound
        return place < line.count && line[place] == slash ? place : nil
    }

    /// The first colon that a space follows or that ends the line.
    ///
    /// Another colon before it is part of what stands there for a name, and makes it none.
    private func separator(in line: UnsafeRawBufferPointer) -> Int? {
        guard let base = line.baseAddress else { return nil }
        var offset = 0
        while offset < line.count,
            let found = memchr(base + offset, Int32(colonByte), line.count - offset)
        {
            let colon = UnsafeRawPointer(found) - base
            if colon + 1 == line.count || isSpace(line, colon + 1) { return colon }
            offset = colon + 1
        }
        return nil
    }

    /// What stands in front of the ending of a notice.
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

    private func isSpace(_ line: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        line[offset] == 0x20
    }

    private var slash: UInt8 { 0x2F }
    private var colonByte: UInt8 { 0x3A }
}
