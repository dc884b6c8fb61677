/// The messages of a room, as a bridge reads them.
///
/// The sequence ends, drained, when the bus stops.
///
/// A slow reader delays nobody: messages that the room no longer keeps are left out, and the next
/// message has their number in `missed`.
public struct Messages: AsyncSequence, Sendable {
    /// A message.
    public typealias Element = Message
    /// Reading never fails.
    public typealias Failure = Never

    let port: Port
    let room: String
    let channel: String?
    private(set) var heldBytes: Int?

    /// Returns the same messages for a reader that is waited for: the room's log grows up to this
    /// many bytes before it lets go of the reader's next message, and the reader reads on from the
    /// store after that.
    ///
    /// Without a store the messages that were let go are left out.
    ///
    /// - Parameter bytes: the size up to which the log may grow; it is memory that the bridge
    ///   takes.
    public func holding(_ bytes: Int) -> Messages {
        var result = self
        result.heldBytes = bytes
        return result
    }

    /// Starts reading where the room was when the bridge started.
    public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    /// An iterator over messages, one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: Messages
        private var subscription: Subscription?
        private var buffer: ArraySlice<Message> = []

        init(sequence: Messages) { self.sequence = sequence }

        /// Returns the next message, or `nil` when the bus has stopped or the task was cancelled.
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

        /// Returns all messages since the last call, at most 256: one hop to the bus for all of
        /// them.
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
