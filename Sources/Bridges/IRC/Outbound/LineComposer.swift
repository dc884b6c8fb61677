import Chat
import MessageBus

/// The composer of lines to channels; lengths are in bytes, as IRC counts.
struct LineComposer: Sendable {
    let phrases: Phrases
    /// `{name}: {text}`.
    let format: String

    /// Bytes of a line at least, however long the rest of the format is.
    private static let minRoom = 8

    private var lineFormat: LineFormat {
        LineFormat(format, in: .bytes, minRoom: Self.minRoom)
    }

    /// Returns the lines of a message, each as the format has it and at most so many bytes.
    ///
    /// - Parameter quotes: true if the message that it answers is quoted, because the channel has none
    ///   to link to.
    func lines(of message: Message, quotes: Bool, atMost limit: Int) -> [String] {
        let name = RelayMark.mark(message.sender.name)
        switch message.kind {
        case .join: return [cut(phrases.joined(name), to: limit)]
        case .leave: return [cut(phrases.left(name, for: message.destination), to: limit)]
        case .rename:
            // The mark of the first name says that a bridge tells this; a second one that two have.
            let other = RelayMark.broken(message.other?.name ?? "")
            return [cut(phrases.renamed(name, to: other), to: limit)]
        case .deletion: return []
        case .message, .edit: break
        }
        var first = ""
        if quotes, let reply = message.reply {
            // What is quoted was not carried with the answer.
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

    /// Returns what the author does, of a text that `/me` has made: `* Ana waves`.
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

    /// Returns the beginning of a line that has so many bytes at most.
    private func cut(_ line: String, to limit: Int) -> String {
        lineFormat.split(line, atMost: limit)[0]
    }
}
