/// One action of a step on a message: a change or a drop.
package struct Trace: Sendable {
    /// The message's index in its batch.
    package let index: Int
    /// The step: `middleware[1] filter`.
    package let step: String
    /// The reason why the message was dropped; `nil`: its text was changed.
    package let drop: Drop?
}
