import Chat
import MessageBus
import Metrics

extension WebServer {
    /// Has the connections counted, and what waits for them told to whoever asks.
    func exposeGauges() {
        port.statistics.connections.isUsed = true
        port.attachment.readGauges = { [weak self] in self?.gauges($0) ?? BridgeGauges() }
    }

    /// Returns what waits for the connections, in each room.
    private func gauges(_ bus: isolated Bus) -> BridgeGauges {
        var gauges = BridgeGauges()
        for room in rooms {
            var waiting = WaitingMessages(channel: room.room.name, count: 0, age: 0)
            for more in room.waiting(at: bus.now.milliseconds) {
                waiting.count += more.count
                waiting.age = max(waiting.age, more.age)
            }
            gauges.waiting.append(waiting)
        }
        return gauges
    }
}
