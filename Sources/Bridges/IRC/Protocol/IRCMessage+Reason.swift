import IRC
import MessageBus

extension IRCMessage {
    /// The words at the end of a server's line, for people: without formatting, in one line, and
    /// not longer than a sentence.
    var reason: String { Self.plain(parameters.last ?? "") }

    /// Returns a server's words in a form for people.
    static func plain(_ words: String) -> String {
        let text = IRCFormatting.remove(from: words).unicodeScalars
            .filter { $0.value >= 0x20 && $0.value != 0x7F }
        let plain = String(String.UnicodeScalarView(text)).shortened(to: 200)
        return plain.isEmpty ? "no reason given" : plain
    }

    /// The number of a numeric; `nil` for a command.
    var numeric: Int? { command.utf8.count == 3 ? Int(command) : nil }
}
