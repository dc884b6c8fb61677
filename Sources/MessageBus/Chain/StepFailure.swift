/// The errors that a step threw while it judged a batch.
package struct StepFailure: Sendable {
    /// The step: `middleware[1] filter`.
    package internal(set) var step: String
    /// The first error.
    package let error: any Error
    /// Number of messages for which it threw.
    package internal(set) var count: Int
}
