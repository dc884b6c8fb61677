import MessageBus

extension Batch {
    /// Makes a batch of messages in the same room, which arrive when the last of them does.
    package static func make(_ messages: [Message]) -> Batch {
        Batch(MessageArena(messages, in: messages.first?.room ?? "general"))
    }
}
