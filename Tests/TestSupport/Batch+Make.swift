import MessageBus

extension Batch {
    /// Makes a batch of messages in the same room, which arrive when the last of them does.
    package static func make(_ messages: [Message]) -> Batch {
        let batch = Batch(
            room: messages.first?.room ?? "general", capacity: messages.count,
            bytes: messages.reduce(0) { $0 + $1.body.count })
        batch.uptime = messages.last.map { Int64($0.arrival.attoseconds / 1_000_000_000) } ?? 0
        for message in messages {
            message.body.withBytes { text in
                batch.append(
                    message.header, text: text, sender: message.sender, details: message.details)
            }
        }
        return batch
    }
}
