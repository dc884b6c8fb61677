/// What is said in a room, as a bridge reads it.
///
/// Ends, drained, when the bus stops.
///
/// Reading slowly holds nobody up: what the room no longer keeps is left out, and the next
/// message says how many in `missed`.
public struct Messages: AsyncSequence, Sendable {
    /// A message.
    public typealias Element = Message
    /// Never fails.
    public typealias Failure = Never

    let port: Port
    let room: String
    let channel: String?
    private(set) var heldBytes: Int?

    /// The same for a reader that is waited for: the room's log grows up to so many bytes before it
    /// lets go of what comes next, and what it has let go of is read from the store.
    ///
    /// Without a store it is left out then.
    package func holding(_ bytes: Int) -> Messages {
        var result = self
        result.heldBytes = bytes
        return result
    }

    /// Starts reading where the bridge started.
    public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    /// Reads one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: Messages
        private var subscription: Subscription?
        private var buffer: ArraySlice<Message> = []

        init(sequence: Messages) { self.sequence = sequence }

        /// The next message, or `nil` when the bus has stopped or the task was cancelled.
        public mutating func next() async -> Message? {
            while true {
                if buffer.isEmpty {
                    guard let batch = await nextBatch() else { return nil }
                    buffer = batch[...]
                }
                if let next = buffer.popFirst(), !sequence.port.isDeleted(next.number) {
                    return next
                }
            }
        }

        /// All that has been said since, up to 256 messages: one hop to the bus for all of them.
        public mutating func nextBatch() async -> [Message]? {
            if !buffer.isEmpty {
                defer { buffer = [] }
                return Array(buffer)
            }
            if subscription == nil {
                subscription = await sequence.port.bus.subscribe(
                    sequence.port.attachment, room: sequence.room, channel: sequence.channel,
                    holding: sequence.heldBytes)
            }
            guard let subscription else { return nil }
            return await subscription.next()
        }
    }
}
