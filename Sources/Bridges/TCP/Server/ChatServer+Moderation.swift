import Chat
import MessageBus
import Sockets

// What moderators do to whoever is connected, with or without a name.
extension ChatServer {
    /// Returns the reason for which an address is kept out; `nil` if it is not.
    func ban(of host: HostKey?) -> String? {
        let address = host.map { ClientAddress($0) } ?? .local
        return port.bus.assumeIsolated { $0.accounts.ban(of: address)?.reason }
    }

    /// Does what concerns every connection, with or without a name.
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
