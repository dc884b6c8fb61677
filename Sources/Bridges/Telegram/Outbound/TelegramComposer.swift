import Chat
import JSON
import MessageBus

/// The composer of messages to Telegram; lengths are in UTF-16 units, as Telegram counts.
struct TelegramComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String
    /// True if names in a text may notify the people there.
    var callsPeople = false

    /// The longest message in UTF-16 units.
    ///
    /// Telegram counts code points, of which there are never more.
    static let maxUnits = 4_096

    /// A format that is itself too long leaves a room of one character; Telegram will refuse that,
    /// in words.
    private var lineFormat: LineFormat { LineFormat(format, in: .utf16, minRoom: 2) }

    /// Returns the lines of a message, each in the format and short enough to be sent.
    ///
    /// - Parameter quotes: true if the message that it answers is quoted, because Telegram has none
    ///   to link to.
    func lines(of message: Message, quotes: Bool) -> [String] {
        let name = RelayMark.mark(Self.withoutMentions(message.sender.name))
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
            let excerpt = MentionBreaker.broken(RelayMark.removed(from: reply.excerpt))
            first += "[↩ \(Self.withoutMentions(reply.name)): \(excerpt)] "
        }
        if message.kind == .edit { first += "[✎] " }
        // The text was written outside the group, since messages from the group do not go back.
        let text = callsPeople ? message.text : MentionBreaker.broken(message.text)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line in
                lineFormat.lines(
                    of: (index == 0 ? first : "") + line, by: name, atMost: Self.maxUnits)
            }
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
        lineFormat.fill(name, MentionBreaker.broken(text))
    }

    /// Returns a name that notifies nobody on Telegram, even if it looks like one of Telegram's.
    static func withoutMentions(_ name: String) -> String { MentionBreaker.broken(name: name) }

    // MARK: - Quotes of relayed messages

    /// Returns the index of the quoted message among those that were sent as one.
    ///
    /// - Parameter quote: Telegram's quote, with its text and its position in UTF-16 units.
    func index(of quote: JSON, in messages: [Message]) -> Int {
        guard let text = quote["text"].nonEmptyString else { return 0 }
        // Messages sent by an earlier version have no marks.
        let beginning = RelayMark.removed(
            from: text.split(separator: "\n").first.map(String.init) ?? text)
        let written = messages.map { lines(of: $0, quotes: true).joined(separator: "\n") }
        func holdsQuote(_ text: String) -> Bool {
            RelayMark.removed(from: text).contains(beginning)
        }
        var end = 0
        if let position = quote["position"].integer {
            for (index, text) in written.enumerated() {
                end += text.utf16.count + 1
                if position < end {
                    if holdsQuote(text) { return index }
                    break
                }
            }
        }
        return written.firstIndex(where: holdsQuote) ?? 0
    }

    /// A line that the bridge wrote, taken apart again.
    struct WrittenLine: Equatable {
        /// The author's name.
        let name: String
        /// The quoted part of the text.
        let quoted: String
        /// All of the text.
        let text: String
    }

    /// Takes apart a line that the bridge wrote; nil if that can't be done.
    ///
    /// The name is taken from the line that holds the quote, because a quote may be any part of a
    /// line, even one that looks like a name and a text.
    ///
    /// - Parameter quote: Telegram's quote; without one the first line is meant.
    func relayedLine(in text: String, quote: JSON = .null) -> WrittenLine? {
        let quoted = quote["text"].nonEmptyString
        guard format.hasPrefix("{name}: "),
            let line = Self.line(of: text, with: quoted, at: quote["position"].integer),
            let colon = line.firstRange(of: ": ")
        else { return nil }
        let name = MentionBreaker.mended(String(line[..<colon.lowerBound]))
        let said = quoted ?? String(line)
        let front = line[..<colon.upperBound]
        let bare = said.hasPrefix(front) ? String(said.dropFirst(front.count)) : said
        return WrittenLine(
            // Cleaning takes the mark out.
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

    /// Cleans a name that was sent, and that may be followed by a bridge's.
    private func cleaned(_ name: String) -> String {
        guard name.last == ")", let opening = name.lastIndex(of: "(") else {
            return Name(cleaning: name, phrases: phrases).text
        }
        let bridge = Name(cleaning: String(name[opening...]), phrases: phrases)
        let person = Name(cleaning: String(name[..<opening]), phrases: phrases)
        return "\(person.text) (\(bridge.text))"
    }
}
