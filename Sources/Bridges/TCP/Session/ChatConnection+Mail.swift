import Chat
import MessageBus

extension ChatConnection: Mailbox {
    /// True if too much is unread already.
    var isFull: Bool { hasLongBacklog }

    /// True if the bridge shows anything but answers.
    var isReachable: Bool { server.port.direction != .in }

    /// Shows a private message.
    func deliver(_ message: Message) {
        guard isReachable else { return }
        var bytes: [UInt8] = []
        // The bridge's own chain judges what its clients read, whoever else reads it.
        let outgoing = server.port.attachment.outgoing
        for message in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
            server.encoder.append(message, to: &bytes)
        }
        if !bytes.isEmpty { send(bytes) }
    }
}
