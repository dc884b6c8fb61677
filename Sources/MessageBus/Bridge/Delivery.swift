/// A message that waits for being acknowledged.
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
    /// Who waits before sending asks again at the last moment.
    public var isDeleted: Bool { port.isDeleted(message.number) }

    /// Moves the stored cursor behind this message and all before it, and remembers what it is
    /// called on the other side so that answers and edits find it.
    public func acknowledge(as remoteID: String? = nil) async throws {
        try await Self.acknowledge([self], as: remoteID.map { [$0] } ?? [])
    }

    /// Acknowledges messages of one room that went out together, in their order.
    ///
    /// Each is remembered by all the names, as one that took several there or several that were put
    /// into one: an answer to any of the names finds it, and answers to it go to the first.
    public static func acknowledge(
        _ deliveries: [Delivery], as remoteIDs: [String] = []
    ) async throws {
        guard let last = deliveries.last else { return }
        let links = deliveries.flatMap { delivery in
            remoteIDs.map { Link(number: delivery.message.number, remoteID: $0) }
        }
        try await last.progress.acknowledge(last.message.number, links: links)
    }

    /// Notes that it could not be delivered, and what was answered, for `puente why`.
    ///
    /// It stays to be acknowledged.
    public func note(_ answer: String) async throws {
        try await progress.note(answer, to: message.number)
    }
}
