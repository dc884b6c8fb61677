import Metrics

/// A message that waits to be acknowledged.
///
/// Safe from any thread.
public struct Delivery: Sendable {
    /// The message.
    public let message: Message
    private let progress: DeliveryProgress
    private let port: Port

    init(message: Message, progress: DeliveryProgress, port: Port) {
        self.message = message
        self.progress = progress
        self.port = port
    }

    /// True if the message was deleted since it was handed over: then it is to be acknowledged and
    /// not sent.
    ///
    /// A bridge that waits before sending asks again at the last moment.
    public var isDeleted: Bool { port.isDeleted(message.number) }

    /// Moves the stored cursor past this message and all before it, and links the message to its
    /// name on the other side so that answers and edits find it.
    public func acknowledge(as remoteID: String? = nil) async throws {
        try await Self.acknowledge([self], as: remoteID.map { [$0] } ?? [])
    }

    /// Acknowledges messages of one room that were sent together, in their order.
    ///
    /// Each message is linked to all the names, whether one message was split or several were
    /// joined: an answer to any of the names finds it, and answers to it go to the first name.
    public static func acknowledge(
        _ deliveries: [Delivery], as remoteIDs: [String] = []
    ) async throws {
        try await acknowledge(deliveries, as: remoteIDs, areDelivered: true)
    }

    /// Acknowledges messages of one room, and counts them as delivered only if `areDelivered` says
    /// so: a bridge may pass over messages that are not for its other side.
    public static func acknowledge(
        _ deliveries: [Delivery], as remoteIDs: [String] = [], areDelivered: Bool
    ) async throws {
        guard let last = deliveries.last else { return }
        let links = deliveries.flatMap { delivery in
            remoteIDs.map { Link(number: delivery.message.number, remoteID: $0) }
        }
        try await last.progress.acknowledge(last.message.number, links: links)
        if areDelivered {
            let count = deliveries.count { $0.message.kind != .deletion }
            last.port.statistics.acknowledged.add(UInt64(count))
        }
    }

    /// Records that the message could not be delivered, and the answer of the other side, for
    /// `puente why`.
    ///
    /// The message still has to be acknowledged.
    public func recordFailure(_ answer: String) async throws {
        try await progress.recordFailure(answer, to: message.number)
    }
}
