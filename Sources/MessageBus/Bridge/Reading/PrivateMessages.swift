/// The private messages to people whom a bridge stands for.
///
/// `Message/other` is the receiver, under the name that `Port/shownName(_:)` makes of the bridge's
/// own name for that person. The sequence ends when the bus stops.
public struct PrivateMessages: AsyncSequence, Sendable {
    /// A private message.
    public typealias Element = Message
    /// Reading never fails.
    public typealias Failure = Never

    let port: Port

    /// Starts reading: from now on private messages come here, those that have waited first.
    public func makeAsyncIterator() -> Iterator { Iterator(port: port) }

    /// An iterator over private messages, one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let port: Port
        private var queue: PrivateMessageQueue?

        init(port: Port) { self.port = port }

        /// Returns the next message, or `nil` when the bus has stopped or the task was cancelled.
        public mutating func next() async -> Message? {
            let queue: PrivateMessageQueue
            if let known = self.queue {
                queue = known
            } else {
                queue = await port.bus.openPrivateMessages(of: port.attachment)
                self.queue = queue
            }
            return await port.bus.next(of: queue)
        }
    }
}
