import Chat
import MessageBus
import Metrics

extension ChatServer {
    /// Registers the gauges of the connections and of what waits for them.
    func exposeGauges() {
        port.statistics.connections.isUsed = true
        port.attachment.readGauges = { [weak self] in self?.gauges($0) ?? BridgeGauges() }
    }

    /// Returns what waits for the connections, in each room.
    private func gauges(_ bus: isolated Bus) -> BridgeGauges {
        var gauges = BridgeGauges()
        for readers in rooms {
            guard let feed = readers.feed else { continue }
            gauges.waiting.append(
                feed.waiting(for: readers.cursors, at: bus.now))
        }
        return gauges
    }
}
