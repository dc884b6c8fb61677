import MessageBus
import Sockets

/// The read markers of IRC clients: a time for each channel and each conversation.
///
/// The markers of an account are shared by all its clients; those for channels are also kept with
/// the account. Confined to the bus's loop.
final class ReadMarkers {
    /// The owner of markers.
    enum Owner: Hashable {
        case account(AccountID)
        case client(UInt32)
    }

    private let loop: EventLoop
    private var markers: [Owner: [String: Timestamp]] = [:]
    private var order: [Owner] = []

    /// Targets of one owner at most; the one with the oldest marker is forgotten.
    private static let maxTargets = 200
    /// Owners at most; the markers of the oldest are forgotten.
    private static let maxOwners = 10_000

    init(on loop: EventLoop) { self.loop = loop }

    /// Returns a marker; `nil` if there is none.
    func marker(of target: String, _ owner: Owner) -> Timestamp? {
        loop.assertOwned()
        return markers[owner]?[target]
    }

    /// Moves a marker forward, and returns where it is then.
    func move(_ target: String, to time: Timestamp, _ owner: Owner) -> Timestamp {
        loop.assertOwned()
        if markers[owner] == nil {
            order.append(owner)
            if order.count > Self.maxOwners { markers[order.removeFirst()] = nil }
        }
        var own = markers[owner] ?? [:]
        let moved = max(own[target] ?? time, time)
        if own[target] == nil, own.count >= Self.maxTargets,
            let oldest = own.min(by: { $0.value < $1.value })
        {
            own[oldest.key] = nil
        }
        own[target] = moved
        markers[owner] = own
        return moved
    }

    /// Forgets the markers of an owner.
    func forget(_ owner: Owner) {
        loop.assertOwned()
        guard markers.removeValue(forKey: owner) != nil else { return }
        order.removeAll { $0 == owner }
    }
}
