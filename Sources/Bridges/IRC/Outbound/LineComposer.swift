import Chat
import MessageBus

/// The composer of lines to channels; lengths are in bytes, as IRC counts.
struct LineComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String

    /// A space without width, behind the first character of a name: clients look for the nick of who
    /// sits in front of them, and find none.
    static let breaker = "\u{200B}"
    /// Bytes of a line at least, however long the rest of the format is.
    private static let minRoom = 8

    /// Returns the lines of a message, each as the format has it and at most so many bytes.
    ///
    /// - Parameter quotes: true if the message that it answers is quoted, because the channel has none
    ///   to link to.
    func lines(of message: Message, quotes: Bool, atMost limit: Int) -> [String] {
        let name = Self.withoutPing(message.sender.name)
        switch message.kind {
        case .join: return [Self.cut(phrases.joined(name), to: limit)]
        case .leave: return [Self.cut(phrases.left(name, for: message.destination), to: limit)]
        case .rename:
            let other = Self.withoutPing(message.other?.name ?? "")
            return [Self.cut(phrases.renamed(name, to: other), to: limit)]
        case .deletion: return []
        case .message, .edit: break
        }
        var first = ""
        if quotes, let reply = message.reply {
            first += "[↩ \(Self.withoutPing(reply.name)): \(reply.excerpt)] "
        }
        if message.kind == .edit { first += "[✎] " }
        if first.isEmpty, let deed = Self.deed(in: message) {
            return actions(deed, name: name, atMost: limit)
        }
        return message.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { pieces(of: ($0 == 0 ? first : "") + $1, name: name, atMost: limit) }
    }

    /// Returns the number of lines that people have written.
    static func count(_ message: Message) -> Int {
        1 + message.body.withBytes { $0.count { $0 == 0x0A } }
    }

    /// Returns the line that stands for others, which are too old.
    func digest(_ lines: Int) -> String { phrases.leftOut(lines) }

    /// Returns a name that nobody's client takes for their nick.
    static func withoutPing(_ name: String) -> String {
        guard let first = name.first else { return name }
        return "\(first)\(breaker)\(name.dropFirst())"
    }

    /// Returns what the author does, of a text that `/me` has made: `* Ana waves`.
    private static func deed(in message: Message) -> String? {
        let start = "* \(message.sender.name) "
        guard !message.hasSeveralLines, message.body.hasPrefix(start) else { return nil }
        return String(message.text.dropFirst(start.count))
    }

    private func actions(_ deed: String, name: String, atMost limit: Int) -> [String] {
        let (start, end) = ("\u{1}ACTION \(name) ", "\u{1}")
        let room = max(limit - start.utf8.count - end.utf8.count, Self.minRoom)
        let pieces = Self.split(deed, atMost: room)
        return ["\(start)\(pieces[0])\(end)"]
            + pieces.dropFirst().flatMap {
                self.pieces(of: ReservedMarkers.altered($0), name: name, atMost: limit)
            }
    }

    /// Returns a line, or as many as it takes, with the name in front of each.
    private func pieces(of line: String, name: String, atMost limit: Int) -> [String] {
        let whole = fill(name, line)
        if whole.utf8.count <= limit { return [whole] }
        let room = max(limit - fill(name, "").utf8.count, Self.minRoom)
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

    /// Returns the beginning of a line that has so many bytes at most.
    private static func cut(_ line: String, to limit: Int) -> String {
        split(line, atMost: max(limit, minRoom))[0]
    }

    /// Splits a line between words, or inside one that is too long by itself, never inside a character.
    static func split(_ line: String, atMost room: Int) -> [String] {
        var pieces: [String] = []
        var rest = line[...]
        while rest.utf8.count > room {
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
        var bytes = 0
        var index = text.startIndex
        var space: (index: String.Index, bytes: Int)?
        while index < text.endIndex {
            let next = text.index(after: index)
            let width = text.utf8.distance(from: index, to: next)
            if bytes + width > room { break }
            if text[index] == " " { space = (index, bytes) }
            bytes += width
            index = next
        }
        if index < text.endIndex, text[index] == " " { return index }
        // A word longer than half a piece is cut.
        if let space, space.bytes > room / 2 { return space.index }
        if index > text.startIndex { return index }
        // One character with thousands of combining marks is cut between two of its code points.
        return scalarCut(text, atMost: room)
    }

    private static func scalarCut(_ text: Substring, atMost room: Int) -> String.Index {
        let scalars = text.unicodeScalars
        var bytes = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            bytes += UTF8.width(scalars[index])
            if bytes > room { break }
            index = scalars.index(after: index)
        }
        return index > scalars.startIndex ? index : scalars.index(after: scalars.startIndex)
    }
}
