import Chat
import MessageBus

// The calls by which the bus tells a connection about the person behind it.
extension ChatConnection: PresenceDelegate {
    /// True if too much is unread already.
    var isFull: Bool { hasLongBacklog }

    /// True if the bridge shows clients anything but answers.
    var isReachable: Bool { server.port.direction != .in }

    /// Shows a private message.
    func deliver(_ message: Message) {
        guard isReachable else { return }
        let lines = server.lines(ofPrivate: message)
        guard !lines.isEmpty else { return }
        server.port.statistics.deliveries += 1
        send(lines)
    }

    /// Adopts the new name of the person.
    func senderChanged(to sender: Sender, isForced: Bool) {
        guard let participant else { return }
        self.participant = Participant(
            participant.presence,
            isGuest: participant.isGuest && sender.key == participant.sender.key)
        guard isForced else { return }
        answer(
            .info,
            sender.account == nil
                ? phrases.hasToBeCalled(sender.name) : phrases.accountIsCalled(sender.name))
    }

    /// The address by which bans are looked up.
    var address: ClientAddress? { clientAddress }

    /// Says why, and closes.
    func disconnect(_ reason: Disconnection) {
        switch reason {
        case .passwordChanged, .accountRemoved: answer(.loginRequired, phrases.farewell(reason))
        case .kicked, .banned: answer(.forbidden, phrases.farewell(reason))
        }
        bus.assumeIsolated { leave($0) }
    }
}
