import MessageBus
import Metrics
import TimeUnits

extension BridgeGauges {
    /// Instances that are named.
    private static let maxNamed = 50

    /// Makes the numbers and sentences of a running nats bridge.
    init(_ state: Broker.State, _ peers: [String: FleetPeer], at now: MonotonicTime) {
        self.init()
        let living = peers.values.filter { !$0.isGone }
        let silence = peers.values.map { now - $0.heard }.max() ?? .zero
        values = [
            (.connected, state.isConnected ? 1 : 0), (.behind, Double(state.pending)),
            (.messages, Double(state.stream.messages)), (.bytes, Double(state.stream.bytes)),
            (.peers, Double(living.count)), (.silence, Double(silence.wholeMilliseconds) / 1e3),
        ]
        notes = [
            state.isConnected
                ? "connected to \(state.server)" : "not connected", Self.sentence(of: state),
        ]
        // Later servers name a leader where there is no cluster, too.
        if !state.stream.replicas.isEmpty {
            let copies = state.stream.replicas.map {
                "\($0.name)\($0.isCurrent ? "" : " (behind)")"
            }
            let leader = state.stream.leader.isEmpty ? "nobody" : state.stream.leader
            notes.append("led by \(leader); copies on " + copies.joined(separator: ", "))
        }
        let sorted = peers.sorted { ($0.value.name, $0.key) < ($1.value.name, $1.key) }
        for (store, peer) in sorted.prefix(Self.maxNamed) {
            let heard = max(.zero, now - peer.heard).wholeSeconds
            notes.append(
                "\(peer.name) (\(store)): \(peer.isGone ? "gone" : "there"), "
                    + "\(peer.people.count) people, heard \(heard) s ago")
        }
    }

    private static func sentence(of state: Broker.State) -> String {
        let stream = state.stream
        let size = stream.maxBytes > 0 ? " of \(stream.maxBytes)" : ""
        return "stream \(stream.name): messages \(stream.first) to \(stream.last), "
            + "\(stream.bytes)\(size) bytes; read to \(state.position.sequence), "
            + "\(state.pending) behind"
    }
}

extension MetricFamily {
    fileprivate static let connected = MetricFamily(
        "puente_nats_connected", .gauge, "1 if there is a connection and a stream.",
        labels: ["bridge"])
    fileprivate static let behind = MetricFamily(
        "puente_nats_behind_messages", .gauge, "Messages of the stream that are not read yet.",
        labels: ["bridge"])
    fileprivate static let messages = MetricFamily(
        "puente_nats_stream_messages", .gauge, "Messages in the stream.", labels: ["bridge"])
    fileprivate static let bytes = MetricFamily(
        "puente_nats_stream_bytes", .gauge, "Bytes in the stream.", labels: ["bridge"])
    fileprivate static let peers = MetricFamily(
        "puente_nats_peers", .gauge, "Other instances that are there.", labels: ["bridge"])
    fileprivate static let silence = MetricFamily(
        "puente_nats_peer_silence_seconds", .gauge,
        "Time since the instance that has been silent for longest was last heard.",
        combination: .largest, labels: ["bridge"])
}
