/// A message on its way, with the steps that changed or dropped it, as a tap shows it.
package struct TapEvent: Sendable {
    /// A step that changed or dropped the message.
    package struct Step: Sendable {
        /// The label: `middleware[1] filter`.
        package let label: String
        /// The reason of the drop; `nil`: the step changed the text.
        package let drop: Drop?
    }

    /// The number.
    package let number: MessageNumber
    /// The time at which it came in.
    package let time: Timestamp
    /// The kind of message: something that was said, or an edit.
    package let kind: Message.Kind
    /// The room; of a private message, the one that its sender is in.
    package let room: String
    /// The sender.
    package let sender: Sender
    /// The receiver of a private message; `nil` of any other.
    package let receiver: Sender?
    /// The text as it is published or as it stood when it was dropped; `nil` where it is not shown.
    package let text: [UInt8]?
    /// Bytes of the text.
    package let count: Int
    /// The steps that changed or dropped it, in order.
    package let steps: [Step]
    /// The reason why it was dropped; `nil` if it passed.
    package let drop: Drop?
}
