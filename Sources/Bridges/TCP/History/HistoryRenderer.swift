import Chat
import MessageBus

/// Shows what was said before to the readers of one bridge.
///
/// Confined to the bus's loop.
final class HistoryRenderer {
    private let encoder: ChatEncoder
    private let phrases: Phrases
    /// The bridge's outgoing chain, of which each list gets one of its own.
    private let outgoing: Chain
    /// The longest line, as in a room's transcript.
    private let longestLine: Int
    /// What stands in front of a line of an answer.
    private let heading: String
    /// Finds what is in the rooms' own logs.
    let search = MessageSearch()

    init(_ encoder: ChatEncoder, _ phrases: Phrases, outgoing: Chain, buffer: ByteCount) {
        self.encoder = encoder
        self.phrases = phrases
        self.outgoing = outgoing
        longestLine = buffer.bytes / 4
        heading = String(phrases.answer(.info, " ").dropLast())
    }

    /// An outgoing chain that has judged nothing.
    func freshChain() -> Chain { outgoing.renewed() }

    /// What the bridge's readers were shown of a message: its outgoing chain judges as it did then.
    func judged(_ message: Message, by chain: Chain) -> [Message] {
        if chain.isEmpty { return [message] }
        // Every message at its own time: a limit or a look for repetitions finds what it found in
        // the room, and does not count this there.
        var message = message
        message.uptime = message.received.milliseconds &* 1_000_000
        return chain.judge([message])
    }

    /// Appends a message's lines.
    func append(_ message: Message, as form: MessageList.Form, to bytes: inout [UInt8]) {
        switch form {
        case .answer:
            encoder.appendListed(message, heading: heading, longest: longestLine, to: &bytes)
        case .plain: encoder.append(message, longest: longestLine, to: &bytes)
        }
    }

    /// Appends the line that says how many there were.
    func appendCount(_ count: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\(phrases.answer(.ok, phrases.count(count)))\n".utf8)
    }
}
