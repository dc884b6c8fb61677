import Chat
import MessageBus
import Sockets

/// The renderer of earlier messages for the readers of one bridge.
///
/// Confined to the bus's loop.
final class HistoryRenderer {
    private let loop: EventLoop
    private let encoder: ChatEncoder
    private let phrases: Phrases
    /// The bridge's outgoing chain; each list judges with a copy of its own.
    private let outgoing: Chain
    /// Bytes of the longest line, as in a room's transcript.
    private let maxLineBytes: Int
    /// The beginning of each line of an answer.
    private let heading: String
    /// The search in the rooms' own logs.
    let search = MessageSearch()

    init(
        _ encoder: ChatEncoder, _ phrases: Phrases, outgoing: Chain, buffer: ByteCount,
        on loop: EventLoop
    ) {
        self.loop = loop
        self.encoder = encoder
        self.phrases = phrases
        self.outgoing = outgoing
        maxLineBytes = buffer.bytes / 4
        heading = String(phrases.answer(.info, " ").dropLast())
    }

    /// Returns an outgoing chain that has judged nothing yet.
    func freshChain() -> Chain {
        loop.assertOwned()
        return outgoing.renewed()
    }

    /// Returns a message as the bridge's readers saw it: the outgoing chain judges it as it did
    /// then.
    func judged(_ message: Message, by chain: Chain) -> [Message] {
        loop.assertOwned()
        if chain.isEmpty { return [message] }
        // Each message is judged at its own time, so that a limit or a search for repetitions
        // decides as it did in the room, without being counted there.
        var message = message
        message.uptime = message.received.milliseconds &* 1_000_000
        return chain.judge([message])
    }

    /// Appends a message's lines.
    func append(_ message: Message, as form: MessageList.Form, to bytes: inout [UInt8]) {
        switch form {
        case .answer:
            encoder.appendListed(message, heading: heading, longest: maxLineBytes, to: &bytes)
        case .plain: encoder.append(message, longest: maxLineBytes, to: &bytes)
        }
    }

    /// Appends the line with the number of messages.
    func appendCount(_ count: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\(phrases.answer(.ok, phrases.count(count)))\n".utf8)
    }
}
