import Chat
import MessageBus
import Sockets

// The acts of moderators on connections, with or without a name.
extension ChatServer {
    /// Returns the reason why an address is banned; `nil` if it is not.
    func ban(of host: HostKey?) -> String? {
        let address = host.map { ClientAddress($0) } ?? .local
        return port.bus.assumeIsolated { $0.accounts.ban(of: address)?.reason }
    }

    /// Applies an event to every connection that it concerns, with or without a name.
    func apply(_ event: ModerationEvent) {
        switch event {
        case .banned(let block, let reason):
            for connection in Array(connections.values)
            where block.contains(connection.clientAddress) {
                connection.disconnect(.banned(reason: reason))
            }
        // Every connection that is logged in has a presence.
        case .accountChanged: break
        case .broadcast(let text):
            let line = phrases.lines(.announce, text)
            for connection in connections.values where !connection.mustLogIn {
                connection.send(line)
            }
        }
    }
}
