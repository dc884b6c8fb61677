import Chat
import MessageBus

/// Writes what goes out to Telegram, in units of UTF-16, as Telegram counts.
struct MessageComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String
    /// Whether whom a text names is called there.
    var callsPeople = false

    /// The longest message in UTF-16 units.
    ///
    /// Telegram counts code points, of which there are never more.
    static let longest = 4_096

    /// The lines of a message, each as the format has it and short enough to be sent.
    ///
    /// - Parameter quotes: whether what it answers is said in words, because Telegram can't know.
    func lines(of message: Message, quotes: Bool) -> [String] {
        let name = Self.withoutMentions(message.sender.name)
        switch message.kind {
        case .join: return [phrases.joined(name)]
        case .leave: return [phrases.left(name, for: message.destination)]
        case .rename:
            return [phrases.renamed(name, to: Self.withoutMentions(message.other?.name ?? ""))]
        case .message, .edit: break
        }
        var first = ""
        if quotes, let reply = message.reply {
            // Whom it named was called when it was said.
            let excerpt = MentionBreaker.broken(reply.excerpt)
            first += "[↩ \(Self.withoutMentions(reply.name)): \(excerpt)] "
        }
        if message.kind == .edit { first += "[✎] " }
        // No member of the group wrote it: what comes from there does not go back.
        let text = callsPeople ? message.text : MentionBreaker.broken(message.text)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line in
                pieces(of: (index == 0 ? first : "") + line, name: name)
            }
    }

    /// A line, or as many as it takes, with the name in front of each.
    private func pieces(of line: String, name: String) -> [String] {
        let whole = fill(name, line)
        if whole.utf16.count <= Self.longest { return [whole] }
        // A format that is itself too long leaves a room of one; Telegram will refuse that, in words.
        let room = max(Self.longest - fill(name, "").utf16.count, 2)
        // The bus has looked at beginnings of lines; a cut makes new ones.
        return Self.split(line, atMost: room).enumerated().map { index, piece in
            fill(name, index == 0 ? piece : ReservedMarkers.altered(piece))
        }
    }

    /// Puts both in at once, so that nothing in a name or a text is filled in.
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

    /// Cuts a line at words, or inside one that is too long by itself, never inside a character.
    static func split(_ line: String, atMost room: Int) -> [String] {
        var pieces: [String] = []
        var rest = line[...]
        while rest.utf16.count > room {
            let cut = self.cut(rest, atMost: room)
            pieces.append(String(rest[..<cut]))
            rest = rest[cut...]
            // The space that a cut stands for.
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
        // A word that takes more than half of it is cut.
        if let space, text.utf16.distance(from: text.startIndex, to: space) > room / 2 {
            return space
        }
        if index > text.startIndex { return index }
        // One character of thousands of marks: between two of its code points.
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

    /// Lines put together to as few messages as possible.
    static func parts(_ lines: [String]) -> [String] {
        var parts: [String] = []
        var part = ""
        for line in lines {
            if part.isEmpty {
                part = line
            } else if part.utf16.count + 1 + line.utf16.count <= longest {
                part += "\n" + line
            } else {
                parts.append(part)
                part = line
            }
        }
        return parts + [part]
    }

    /// One line of the bus's own.
    func line(_ name: String, _ text: String) -> String {
        fill(name, MentionBreaker.broken(text))
    }

    /// A name of the chat that looks like one of Telegram's, or something said before, calls nobody
    /// there.
    static func withoutMentions(_ name: String) -> String { MentionBreaker.broken(name: name) }

    // MARK: - Back again

    /// Which of the messages that went out as one somebody quotes.
    ///
    /// - Parameter quote: what Telegram says is quoted, and from which UTF-16 unit on.
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

    /// What the bridge itself wrote, taken apart again.
    struct Said: Equatable {
        /// Who said it.
        let name: String
        /// What is quoted of it.
        let quoted: String
        /// All of the line.
        let line: String
    }

    /// What the bridge itself wrote, taken apart again: who said it, and what.
    ///
    /// The name is that of the line which holds what is quoted, for anything can be quoted out of a
    /// line, also what looks like a name and a text.
    ///
    /// - Parameter quote: what Telegram says is quoted of it; without that the first line is meant.
    func said(in text: String, quote: JSON = .null) -> Said? {
        let quoted = quote["text"].nonEmptyString
        guard format.hasPrefix("{name}: "),
            let line = Self.line(of: text, with: quoted, at: quote["position"].integer),
            let colon = line.firstRange(of: ": ")
        else { return nil }
        let name = MentionBreaker.mended(String(line[..<colon.lowerBound]))
        let said = quoted ?? String(line)
        let front = line[..<colon.upperBound]
        let bare = said.hasPrefix(front) ? String(said.dropFirst(front.count)) : said
        return Said(
            name: cleaned(name), quoted: MentionBreaker.mended(bare),
            line: MentionBreaker.mended(String(line[colon.upperBound...])))
    }

    /// The line in which a quote begins; nil if it is in none.
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

    /// A name as it went out, cleaned as names are; the bridge's own stands behind some.
    private func cleaned(_ name: String) -> String {
        guard name.last == ")", let opening = name.lastIndex(of: "(") else {
            return Name(cleaning: name, phrases: phrases).text
        }
        let bridge = Name(cleaning: String(name[opening...]), phrases: phrases)
        let person = Name(cleaning: String(name[..<opening]), phrases: phrases)
        return "\(person.text) (\(bridge.text))"
    }
}
