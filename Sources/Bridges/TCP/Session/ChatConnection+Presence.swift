import Chat
import MessageBus

// What the bus tells a connection about the person behind it.
extension ChatConnection: PresenceDelegate {
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

    /// Speaks by another name from now on.
    func senderChanged(to sender: Sender, isForced: Bool) {
        guard let member else { return }
        self.member = Member(
            member.presence, isGuest: member.isGuest && sender.key == member.sender.key)
        if isForced { answer(.info, phrases.hasToBeCalled(sender.name)) }
    }

    /// Says why, and closes.
    func disconnect(_ reason: Disconnection) {
        answer(.loginRequired, phrases.farewell(reason))
        bus.assumeIsolated { leave($0) }
    }
}
