import Chat
import MessageBus
import Metrics

extension WebServer {
    /// Has the connections counted, and what waits for them told to whoever asks.
    func exposeGauges() {
        port.statistics.connections.isUsed = true
        port.attachment.readGauges = { [weak self] bus in
            guard let self else { return BridgeGauges() }
            return BridgeGauges(
                of: rooms.map(\.room), rooms.flatMap(\.allForms), at: bus.now.milliseconds)
        }
    }
}
