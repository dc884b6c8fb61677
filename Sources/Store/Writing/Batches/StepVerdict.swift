import MessageBus

/// What a step of the chain did to a message.
struct StepVerdict: Sendable {
    let number: UInt64
    let time: Int64
    let step: String
    /// `nil`: its text was changed.
    let drop: Drop?
}
