import Chat
import MessageBus

extension ChatConnection: Mailbox {
    /// Whether it does not read what it is sent.
    var isFull: Bool { owesMuch }

    /// Whether the bridge shows anything but answers.
    var isReachable: Bool { server.port.direction != .in }

    /// Shows a private message.
    func deliver(_ message: Message) {
        guard isReachable else { return }
        var bytes: [UInt8] = []
        // The bridge's own chain judges what its people get, whoever else gets it.
        let outgoing = server.port.attachment.outgoing
        for message in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
            server.encoder.append(message, to: &bytes)
        }
        if !bytes.isEmpty { send(bytes) }
    }
}
