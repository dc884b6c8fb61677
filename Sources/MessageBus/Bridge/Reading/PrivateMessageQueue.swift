/// Private messages that wait for a bridge to read them.
///
/// Confined to the bus's loop, but for its signal.
final class PrivateMessageQueue: @unchecked Sendable {  // `var`s on the loop only
    private let owner: Confinement
    private var messages: [Message] = []
    /// Sent when there is a message, and at the end.
    let signal = BroadcastSignal()
    /// True once nobody reads the queue any more.
    private(set) var isClosed = false

    init(owner: Confinement) { self.owner = owner }

    /// Adds a message; the oldest goes if there are too many.
    func append(_ message: Message) {
        owner.assertOwned()
        if messages.count == Cursor.maxPendingPrivateMessages { messages.removeFirst() }
        messages.append(message)
        signal.send()
    }

    /// Removes and returns the oldest message.
    func removeFirst() -> Message? {
        owner.assertOwned()
        return messages.isEmpty ? nil : messages.removeFirst()
    }

    /// Ends the queue for whoever reads it.
    func close() {
        owner.assertOwned()
        isClosed = true
        signal.send()
    }
}
