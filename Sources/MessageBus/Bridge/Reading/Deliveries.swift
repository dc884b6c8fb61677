/// The messages of a room from a bridge's stored cursor on: the cursor passes a message only once
/// it has been acknowledged, in this process or a later one.
///
/// With a store, a message is delivered when the store has it, not before.
public struct Deliveries: AsyncSequence, Sendable {
    /// A message that has to be acknowledged.
    public typealias Element = Delivery
    /// An error of the store.
    public typealias Failure = any Error

    let port: Port
    let room: String
    let channel: String?

    /// Starts reading at the stored cursor; a new reader starts where the bridge did.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// An iterator over deliveries, one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let port: Port
        private let room: String
        private let channel: String?
        private var feed: DeliveryFeed?
        private var buffer: ArraySlice<Message> = []

        init(_ deliveries: Deliveries) {
            port = deliveries.port
            room = deliveries.room
            channel = deliveries.channel
        }

        /// Returns the next message, or `nil` when the bus has stopped or the task was cancelled.
        public mutating func next() async throws -> Delivery? {
            while true {
                if buffer.isEmpty {
                    guard let batch = try await nextBatch() else { return nil }
                    buffer = batch[...]
                }
                guard let message = buffer.popFirst(), let feed else { return nil }
                // Deleted since it was read: acknowledging a later message moves the cursor past
                // it.
                if port.isDeleted(message.number) { continue }
                return Delivery(message: message, progress: feed.progress, port: port)
            }
        }

        /// True if the next message is there already and can be read without waiting.
        public var hasMore: Bool { !buffer.isEmpty }

        /// Fetches messages that are there already, and returns true if there are any; waits for
        /// the store, but for no new message.
        public mutating func fetchAvailable() async throws -> Bool {
            if !buffer.isEmpty { return true }
            guard let feed = try await open() else { return false }
            buffer = try await feed.available()[...]
            return !buffer.isEmpty
        }

        private mutating func nextBatch() async throws -> [Message]? {
            try await open()?.next()
        }

        private mutating func open() async throws -> DeliveryFeed? {
            if feed == nil {
                let reader = DurableReader(
                    .init(bridge: port.name, name: channel), room: room)
                feed = try await port.bus.open(reader, channel: channel, by: port.attachment)
            }
            return feed
        }
    }
}
