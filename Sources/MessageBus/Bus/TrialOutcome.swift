/// The judgement of the chains about one message that is not published.
package struct TrialOutcome: Sendable {
    /// The message, as the last step that judged it left it.
    package let message: Message
    /// The steps that changed or dropped it, in their order.
    package let traces: [Trace]
    /// The reason why it was dropped; `nil` if it passed.
    package let drop: Drop?
    /// The label of the step that dropped it, `middleware[1] filter`; `nil` if it passed, or if the
    /// bus would not have taken it.
    package let dropStep: String?
    /// The error that a step threw, which drops a message; `nil` if none did.
    package let failure: StepFailure?

    /// Makes the outcome for a batch that holds one message.
    init(_ batch: Batch) {
        message = batch.arena.message(at: 0)
        traces = batch.traces
        drop = batch.drops.first?.drop
        dropStep = traces.last { $0.drop != nil }?.step
        failure = batch.failures.first
    }
}
