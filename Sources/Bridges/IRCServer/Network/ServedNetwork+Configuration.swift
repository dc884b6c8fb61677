import Chat
import MessageBus
import Metrics
import Sockets

extension ServedNetwork: ListeningServer {
    /// The addresses it listens on.
    var addresses: [String] {
        listener.addresses + (http?.addresses.map { "\($0) (WebSocket)" } ?? [])
    }
}

// What a new configuration changes while the server runs.
extension ServedNetwork {
    /// Adopts the limits of other options.
    func adjust(to new: IRCServer.Options) {
        loop.assertOwned()
        // All else is as it was: what is not in `adjustableOptions` restarts the bridge.
        options = new
        commandRule = CommandBucket.Rule(new.commands)
        streams.stalled.setTimeout(new.stalledAfter)
        listener.adjust(to: new.listenerSettings)
        http?.adjust(
            maxConnections: new.maxConnections, maxPerAddress: new.maxPerAddress,
            stalledAfter: new.stalledAfter)
    }

    /// Uses the rooms and chains of the new configuration; people in a room that is closed leave
    /// it.
    func useConfiguration(_ bus: isolated Bus) {
        textLimit = TextLimit(of: port.attachment, on: bus)
        let closed = rooms.filter(\.isClosed)
        rooms = bus.rooms
        for room in closed {
            for client in Array(clients.values) { client.leaveClosedRoom(room, bus) }
        }
    }

    /// Registers the gauges of the connections and of what waits for them.
    func exposeGauges() {
        port.statistics.connections.isUsed = true
        port.attachment.readGauges = { [weak self] bus in
            guard let self else { return BridgeGauges() }
            return BridgeGauges(of: rooms, allForms, at: bus.now)
        }
    }
}
