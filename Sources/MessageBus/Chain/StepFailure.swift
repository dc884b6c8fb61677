/// What a step threw while it judged a batch.
package struct StepFailure: Sendable {
    /// Which step, as `middleware[1] filter`.
    package internal(set) var step: String
    /// The first error.
    package let error: any Error
    /// Messages it threw at.
    package internal(set) var count: Int
}
