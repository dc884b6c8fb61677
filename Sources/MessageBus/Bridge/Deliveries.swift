/// What is said in a room from a bridge's stored cursor on: nothing is passed over until it has
/// been acknowledged, in this process or a later one.
public struct Deliveries: AsyncSequence, Sendable {
    /// A message that has to be acknowledged.
    public typealias Element = Delivery
    /// What the store throws.
    public typealias Failure = any Error

    let port: Port
    let room: String
    let channel: String?

    /// Starts reading at the stored cursor; a new reader's is where the bridge started.
    public func makeAsyncIterator() -> Iterator {
        Iterator(messages: Messages(port: port, room: room, channel: channel))
    }

    /// Reads one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let messages: Messages
        private var subscription: Subscription?
        private var buffer: ArraySlice<Message> = []

        init(messages: Messages) { self.messages = messages }

        private var reader: String {
            [messages.port.name, messages.room, messages.channel].compactMap(\.self)
                .joined(separator: "/")
        }

        /// The next message, or `nil` when the bus has stopped or the task was cancelled.
        public mutating func next() async throws -> Delivery? {
            let bus = messages.port.bus
            if subscription == nil {
                subscription = try await bus.subscribe(
                    messages.port.intake, room: messages.room, channel: messages.channel,
                    as: reader)
            }
            if buffer.isEmpty {
                guard let batch = await subscription?.next() else { return nil }
                buffer = batch[...]
            }
            return buffer.popFirst().map { Delivery(message: $0, store: bus.store, reader: reader) }
        }
    }
}

/// A message that waits for being acknowledged.
public struct Delivery: Sendable {
    /// The message.
    public let message: Message
    private let store: any MessageStore
    private let reader: String

    init(message: Message, store: any MessageStore, reader: String) {
        self.message = message
        self.store = store
        self.reader = reader
    }

    /// Moves the stored cursor behind this message, and remembers what it is called on the other
    /// side so that answers and edits find it.
    public func acknowledge(as remoteID: String? = nil) async throws {
        try await store.save(message.number, of: reader, remoteID: remoteID)
    }
}
