import Chat
import JSON
import MessageBus

/// The composer of messages to Telegram; lengths are in UTF-16 units, as Telegram counts.
struct MessageComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String
    /// True if names in a text are to notify the people there.
    var callsPeople = false

    /// The longest message in UTF-16 units.
    ///
    /// Telegram counts code points, of which there are never more.
    static let maxUnits = 4_096

    /// Returns the lines of a message, each as the format has it and short enough to be sent.
    ///
    /// - Parameter quotes: true if the message that it answers is quoted, because Telegram has none to
    ///   link to.
    func lines(of message: Message, quotes: Bool) -> [String] {
        let name = Self.withoutMentions(message.sender.name)
        switch message.kind {
        case .join: return [phrases.joined(name)]
        case .leave: return [phrases.left(name, for: message.destination)]
        case .rename:
            return [phrases.renamed(name, to: Self.withoutMentions(message.other?.name ?? ""))]
        case .deletion: return []
        case .message, .edit: break
        }
        var first = ""
        if quotes, let reply = message.reply {
            // The people it names were notified when it was said.
            let excerpt = MentionBreaker.broken(reply.excerpt)
            first += "[↩ \(Self.withoutMentions(reply.name)): \(excerpt)] "
        }
        if message.kind == .edit { first += "[✎] " }
        // No member of the group wrote it: messages from there do not go back.
        let text = callsPeople ? message.text : MentionBreaker.broken(message.text)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line in
                pieces(of: (index == 0 ? first : "") + line, name: name)
            }
    }

    /// Returns a line, or as many as it takes, with the name in front of each.
    private func pieces(of line: String, name: String) -> [String] {
        let whole = fill(name, line)
        if whole.utf16.count <= Self.maxUnits { return [whole] }
        // A format that is itself too long leaves a room of one; Telegram will refuse that, in words.
        let room = max(Self.maxUnits - fill(name, "").utf16.count, 2)
        // The bus has checked the beginnings of lines; a cut makes new ones.
        return Self.split(line, atMost: room).enumerated().map { index, piece in
            fill(name, index == 0 ? piece : ReservedMarkers.altered(piece))
        }
    }

    /// Fills in the format; placeholders in a name or a text stay as they are.
    private func fill(_ name: String, _ text: String) -> String {
        var result = ""
        var rest = format[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if rest.hasPrefix("{name}") {
                result += name
                rest = rest.dropFirst("{name}".count)
            } else if rest.hasPrefix("{text}") {
                result += text
                rest = rest.dropFirst("{text}".count)
            } else {
                result += "{"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Splits a line between words, or inside one that is too long by itself, never inside a character.
    static func split(_ line: String, atMost room: Int) -> [String] {
        var pieces: [String] = []
        var rest = line[...]
        while rest.utf16.count > room {
            let cut = self.cut(rest, atMost: room)
            pieces.append(String(rest[..<cut]))
            rest = rest[cut...]
            // The cut stands for that space.
            if rest.first == " " { rest = rest.dropFirst() }
        }
        if !rest.isEmpty || pieces.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private static func cut(_ text: Substring, atMost room: Int) -> String.Index {
        var units = 0
        var index = text.startIndex
        var space: String.Index?
        while index < text.endIndex {
            let next = text.index(after: index)
            let width = text.utf16.distance(from: index, to: next)
            if units + width > room { break }
            units += width
            if text[index] == " " { space = index }
            index = next
        }
        if index < text.endIndex, text[index] == " " { return index }
        // A word longer than half a piece is cut.
        if let space, text.utf16.distance(from: text.startIndex, to: space) > room / 2 {
            return space
        }
        if index > text.startIndex { return index }
        // One character with thousands of combining marks is cut between two of its code points.
        return scalarCut(text, atMost: room)
    }

    private static func scalarCut(_ text: Substring, atMost room: Int) -> String.Index {
        let scalars = text.unicodeScalars
        var units = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            units += UTF16.width(scalars[index])
            if units > room { break }
            index = scalars.index(after: index)
        }
        return index > scalars.startIndex ? index : scalars.index(after: scalars.startIndex)
    }

    /// Returns the lines joined to as few messages as possible.
    static func parts(_ lines: [String]) -> [String] {
        var parts: [String] = []
        var part = ""
        for line in lines {
            if part.isEmpty {
                part = line
            } else if part.utf16.count + 1 + line.utf16.count <= maxUnits {
                part += "\n" + line
            } else {
                parts.append(part)
                part = line
            }
        }
        return parts + [part]
    }

    /// Returns a line of the bus's own.
    func line(_ name: String, _ text: String) -> String {
        fill(name, MentionBreaker.broken(text))
    }

    /// Returns a name that notifies nobody on Telegram, even if it looks like one of Telegram's.
    static func withoutMentions(_ name: String) -> String { MentionBreaker.broken(name: name) }

    // MARK: - Quotes of relayed messages

    /// Returns the index of the message that is quoted, of those that went out as one.
    ///
    /// - Parameter quote: Telegram's quote, with its text and its position in UTF-16 units.
    func index(of quote: JSON, in messages: [Message]) -> Int {
        guard let text = quote["text"].nonEmptyString else { return 0 }
        let beginning = text.split(separator: "\n").first.map(String.init) ?? text
        let written = messages.map { lines(of: $0, quotes: true).joined(separator: "\n") }
        var end = 0
        if let position = quote["position"].integer {
            for (index, text) in written.enumerated() {
                end += text.utf16.count + 1
                if position < end {
                    if text.contains(beginning) { return index }
                    break
                }
            }
        }
        return written.firstIndex { $0.contains(beginning) } ?? 0
    }

    /// A line that the bridge wrote, taken apart again.
    struct RelayedLine: Equatable {
        /// The author's name.
        let name: String
        /// The quoted part of the text.
        let quoted: String
        /// All of the text.
        let text: String
    }

    /// Takes a line apart that the bridge wrote; nil if that can't be done.
    ///
    /// The name is that of the line which holds the quote, for anything can be quoted out of a line,
    /// also a part that looks like a name and a text.
    ///
    /// - Parameter quote: Telegram's quote; without one the first line is meant.
    func relayedLine(in text: String, quote: JSON = .null) -> RelayedLine? {
        let quoted = quote["text"].nonEmptyString
        guard format.hasPrefix("{name}: "),
            let line = Self.line(of: text, with: quoted, at: quote["position"].integer),
            let colon = line.firstRange(of: ": ")
        else { return nil }
        let name = MentionBreaker.mended(String(line[..<colon.lowerBound]))
        let said = quoted ?? String(line)
        let front = line[..<colon.upperBound]
        let bare = said.hasPrefix(front) ? String(said.dropFirst(front.count)) : said
        return RelayedLine(
            name: cleaned(name), quoted: MentionBreaker.mended(bare),
            text: MentionBreaker.mended(String(line[colon.upperBound...])))
    }

    /// Returns the line in which a quote begins; nil if it is in none.
    private static func line(
        of text: String, with quote: String?, at position: Int64?
    ) -> Substring? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let quote else { return lines.first }
        let beginning = quote.split(separator: "\n").first.map(String.init) ?? quote
        var end = 0
        for line in lines {
            end += line.utf16.count + 1
            guard let position, position < end else { continue }
            if line.contains(beginning) { return line }
            break
        }
        return lines.first { $0.contains(beginning) }
    }

    /// Cleans a name that went out, behind which there may be a bridge's.
    private func cleaned(_ name: String) -> String {
        guard name.last == ")", let opening = name.lastIndex(of: "(") else {
            return Name(cleaning: name, phrases: phrases).text
        }
        let bridge = Name(cleaning: String(name[opening...]), phrases: phrases)
        let person = Name(cleaning: String(name[..<opening]), phrases: phrases)
        return "\(person.text) (\(bridge.text))"
    }
}
