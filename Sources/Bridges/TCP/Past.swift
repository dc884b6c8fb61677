import MessageBus

/// Shows what was said before to the readers of one bridge.
///
/// Confined to the bus's loop.
final class Past {
    private let encoder: ChatEncoder
    private let words: Words
    /// The bridge's outgoing chain, of which each list gets one of its own.
    private let outgoing: Chain
    /// The longest line, as in a room's transcript.
    private let longestLine: Int
    /// Finds what is in the rooms' own logs.
    let search = LogSearch()

    /// Bytes of text shown at once, as much as a room's log keeps: what is older is left out.
    private static let bound = 4 << 20

    init(_ encoder: ChatEncoder, _ words: Words, outgoing: Chain, buffer: ByteCount) {
        self.encoder = encoder
        self.words = words
        self.outgoing = outgoing
        longestLine = buffer.bytes / 4
    }

    /// An answer that lists messages and says how many they are.
    func list(_ messages: [Message]) -> [UInt8] {
        let shown = shown(messages)
        let heading = words.answer(.info, " ").dropLast()
        var bytes: [UInt8] = []
        for message in shown {
            encoder.appendListed(
                message, heading: String(heading), longest: longestLine, to: &bytes)
        }
        bytes.append(contentsOf: "\(words.answer(.ok, words.count(shown.count)))\n".utf8)
        return bytes
    }

    /// The lines that messages were.
    func lines(_ messages: [Message]) -> [UInt8] {
        var bytes: [UInt8] = []
        for message in shown(messages) {
            encoder.append(message, longest: longestLine, to: &bytes)
        }
        return bytes
    }

    /// What the bridge's readers were shown of it: its outgoing chain judges as it did then.
    private func shown(_ messages: [Message]) -> [Message] {
        let messages = newest(messages)
        if outgoing.isEmpty { return messages }
        // A chain that remembers nothing, and every message at its own time: a limit or a look for
        // repetitions finds what it found in the room, and does not count this there.
        let chain = outgoing.renewed()
        return messages.flatMap { message in
            var message = message
            message.uptime = message.received.milliseconds &* 1_000_000
            return chain.judge([message])
        }
    }

    private func newest(_ messages: [Message]) -> [Message] {
        var bytes = 0
        let newest = messages.reversed().prefix { message in
            bytes += message.body.count
            return bytes <= Self.bound
        }
        return newest.reversed()
    }
}
