/// What a step of a chain did to a message.
package struct Trace: Sendable {
    /// The message's place in its batch.
    package let index: Int
    /// Which step, as `middleware[1] filter`.
    package let step: String
    /// Why it was dropped; `nil`: its text was changed.
    package let drop: Drop?
}
