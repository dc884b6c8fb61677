import MessageBus

/// The record of a step of the chain that changed or dropped a message.
struct StepVerdict: Sendable {
    let number: MessageNumber
    let time: Timestamp
    let step: String
    /// The reason of the drop; `nil` if the step changed the text.
    let drop: Drop?
}
