/// The chain's notes about a batch that passes through it.
///
/// Confined to the bus's loop.
struct ChainPass {
    /// The dropped messages, in the order of the steps.
    var drops: [(index: Int, drop: Drop)] = []
    /// The errors that steps threw: for each step the first one, and how many there were.
    private(set) var failures: [StepFailure] = []
    /// Failures of the steps before the present one.
    private var earlierFailures = 0
    /// True while the present step is not to judge some of the messages.
    var hasPassedOver = false
    /// True if the steps' changes and drops are traced.
    var isTraced = false
    /// The changes and drops made by the steps, in the order of the steps; empty unless they are
    /// traced.
    private(set) var traces: [Trace] = []
    /// The messages that the present step has changed, if that is traced.
    private var changes: [Int] = []

    /// Records that the present step has changed a message.
    mutating func recordChange(of index: Int) { if isTraced { changes.append(index) } }

    /// Records an error that the present step threw.
    mutating func recordFailure(_ error: any Error) {
        if failures.count > earlierFailures {
            failures[earlierFailures].count += 1
        } else {
            failures.append(StepFailure(step: "", error: error, count: 1))
        }
    }

    /// Ends the present step: names its failures, and traces its changes and drops.
    ///
    /// - Parameter firstDrop: the number of drops before the step.
    mutating func finishStep(_ label: String, dropsFrom firstDrop: Int) {
        if failures.count > earlierFailures {
            failures[earlierFailures].step = label
            earlierFailures = failures.count
        }
        guard isTraced, drops.count > firstDrop || !changes.isEmpty else { return }
        for index in changes { traces.append(Trace(index: index, step: label, drop: nil)) }
        changes.removeAll(keepingCapacity: true)
        for (index, drop) in drops[firstDrop...] {
            traces.append(Trace(index: index, step: label, drop: drop))
        }
    }

    /// Removes all notes; `isTraced` stays.
    mutating func removeAll() {
        if !drops.isEmpty { drops.removeAll(keepingCapacity: true) }
        if !failures.isEmpty { failures.removeAll() }
        earlierFailures = 0
        if !traces.isEmpty { traces.removeAll() }
        if !changes.isEmpty { changes.removeAll() }
    }
}
