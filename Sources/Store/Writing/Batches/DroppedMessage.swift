import MessageBus

/// The record of a dropped message, without its text.
struct DroppedMessage: Sendable {
    let number: MessageNumber
    let time: Int64
    let kind: Message.Kind
    let room: String
    let sender: Sender
    let bytes: Int
    let origin: Origin?
}
