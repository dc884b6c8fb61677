import Chat
import MessageBus
import Metrics

extension WebServer {
    /// Registers the gauges of the connections and of what waits for them.
    func exposeGauges() {
        port.statistics.connections.isUsed = true
        port.attachment.readGauges = { [weak self] bus in
            guard let self else { return BridgeGauges() }
            return BridgeGauges(
                of: rooms.map(\.room), rooms.flatMap(\.allForms), at: bus.now)
        }
    }
}
