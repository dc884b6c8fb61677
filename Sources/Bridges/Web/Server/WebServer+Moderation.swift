import Chat
import MessageBus

// The effects of moderation and of changes of accounts on connections, in a room or in none.
extension WebServer {
    /// Applies an event to every connection that it concerns, with or without a name.
    func apply(_ event: ModerationEvent) {
        switch event {
        case .banned(let block, let reason):
            for client in Array(clients.values) where block.contains(client.address) {
                client.sendAway(.banned(reason: reason))
            }
            port.bus.assumeIsolated { bus in
                for stream in Array(eventStreams.values) where block.contains(stream.address) {
                    stream.stream.close(bus)
                }
            }
        case .accountChanged(let change): apply(change)
        case .broadcast(let text):
            let frame = ServerMessage.announcement(text)
            for client in clients.values where client.isWelcome { client.stream.send(frame) }
        }
    }

    /// Applies a change to the sessions that are in no room; the bus has applied it to the others.
    private func apply(_ change: AccountChange) {
        switch change {
        case .passwordChanged(let account, let connection):
            // No account has the number 0.
            end(.passwordChanged) { $0.account == account.id && $0.connection != connection }
        case .removed(let account): end(.accountRemoved) { $0.account == account.id }
        case .banned(let ban):
            guard case .name(let key) = ban.subject else { return }
            end(.banned(reason: ban.reason)) { session in
                session.sender?.key == key
                    || ban.account.map { session.account == $0 } ?? false
            }
        case .renamed(let account, _):
            for session in sessions.all
            where session.account == account.id && session.presence == nil {
                session.senderChanged(
                    to: Sender(account, bridge: port.attachment.name), isForced: true)
            }
        case .created, .roleChanged, .unbanned, .muted, .unmuted: break
        }
    }

    /// Disconnects the sessions in no room that have the target's name or account; returns false if
    /// there are none.
    func kick(_ target: KickTarget) -> Bool {
        end(.kicked(reason: target.reason)) { session in
            guard session.presence == nil, !session.clients.isEmpty, let sender = session.sender
            else { return false }
            return sender.account.map { $0 == target.account } ?? (sender.key == target.key)
        }
    }

    /// Disconnects sessions; returns false if none matches.
    @discardableResult
    private func end(_ reason: Disconnection, where isMeant: (WebSession) -> Bool) -> Bool {
        let meant = sessions.all.filter(isMeant)
        for session in meant { session.disconnect(reason) }
        return !meant.isEmpty
    }
}
