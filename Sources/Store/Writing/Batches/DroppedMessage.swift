import MessageBus

/// A row of the table `dropped`: a message that a middleware or the bus has dropped, without its
/// text.
///
/// Made on the bus's loop, written by the store's thread. During a flood, not every drop gets a
/// row: see `TurnBuffer`.
struct DroppedMessage: Sendable {
    /// The number that the message had been given.
    let number: MessageNumber
    /// The time at which it came.
    let time: Timestamp
    /// The kind of message.
    let kind: Message.Kind
    /// The room that it was for.
    let room: String
    /// The sender.
    let sender: Sender
    /// Bytes of its text.
    let bytes: Int
    /// The message's origin on another network; `nil` if the message came from none.
    let origin: Origin?
}
