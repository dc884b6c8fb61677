import Chat
import MessageBus

/// The composer of lines to channels; lengths are in bytes, as IRC counts.
struct LineComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String

    /// The fewest bytes of a text's piece, however long the rest of the format is.
    private static let minRoom = 8

    private var lineFormat: LineFormat {
        LineFormat(format, in: .bytes, minRoom: Self.minRoom)
    }

    /// Returns the lines of a message, each in the format and of at most a number of bytes.
    ///
    /// - Parameter quotes: true if the message that it answers is quoted, because the channel has
    ///   none to link to.
    func lines(of message: Message, quotes: Bool, atMost limit: Int) -> [String] {
        let name = RelayMark.mark(message.sender.name)
        switch message.kind {
        case .join: return [cut(phrases.joined(name), to: limit)]
        case .leave: return [cut(phrases.left(name, for: message.destination), to: limit)]
        case .rename:
            // The mark on the first name shows that one bridge relays this; on the second one, it
            // would show two.
            let other = RelayMark.broken(message.other?.name ?? "")
            return [cut(phrases.renamed(name, to: other), to: limit)]
        case .deletion: return []
        case .message, .edit: break
        }
        var first = ""
        if quotes, let reply = message.reply {
            // The quoted text was not relayed with this answer, so its marks do not count.
            let excerpt = RelayMark.removed(from: reply.excerpt)
            first += "[↩ \(RelayMark.broken(reply.name)): \(excerpt)] "
        }
        if message.kind == .edit { first += "[✎] " }
        if first.isEmpty, let action = Self.actionText(in: message) {
            return actions(action, name: name, atMost: limit)
        }
        return message.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap {
                lineFormat.lines(of: ($0 == 0 ? first : "") + $1, by: name, atMost: limit)
            }
    }

    /// Returns the number of lines that people have written.
    static func count(_ message: Message) -> Int {
        unsafe 1 + message.body.withBytes { unsafe $0.count { $0 == 0x0A } }
    }

    /// Returns the line that stands for others, which are too old.
    func digest(_ lines: Int) -> String { phrases.leftOut(lines) }

    /// Returns the author's deed from a text that `/me` has made: `* Ana waves`.
    private static func actionText(in message: Message) -> String? {
        let start = "* \(message.sender.name) "
        guard !message.hasSeveralLines, message.body.hasPrefix(start) else { return nil }
        return String(message.text.dropFirst(start.count))
    }

    private func actions(_ action: String, name: String, atMost limit: Int) -> [String] {
        let (start, end) = ("\u{1}ACTION \(name) ", "\u{1}")
        let pieces = lineFormat.split(action, atMost: limit - start.utf8.count - end.utf8.count)
        return ["\(start)\(pieces[0])\(end)"]
            + pieces.dropFirst().flatMap {
                lineFormat.lines(of: ReservedMarkers.altered($0), by: name, atMost: limit)
            }
    }

    /// Returns the beginning of a line, of at most a number of bytes.
    private func cut(_ line: String, to limit: Int) -> String {
        lineFormat.split(line, atMost: limit)[0]
    }
}
