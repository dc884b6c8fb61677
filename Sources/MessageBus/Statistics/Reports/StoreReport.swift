import Metrics

/// The work of a store at a moment.
package struct StoreReport: Sendable {
    /// The state of writing.
    package var condition: StoreCondition
    /// The number up to which everything is kept.
    package var committed: MessageNumber
    /// Bytes that wait to be written.
    package var backlogBytes: Int
    /// The time since the oldest of what waits was handed over; none if nothing waits.
    package var age: Duration
    /// The durations of transactions.
    package var commits: Histogram

    /// Makes a report.
    package init(
        condition: StoreCondition, committed: MessageNumber, backlogBytes: Int, age: Duration,
        commits: Histogram
    ) {
        self.condition = condition
        self.committed = committed
        self.backlogBytes = backlogBytes
        self.age = age
        self.commits = commits
    }
}

extension StoreCondition {
    /// The state as programs are told it.
    package var name: String {
        switch self {
        case .keepsUp: "ok"
        case .lags: "lagging"
        case .fails: "failing"
        case .failsAndIsFull: "full"
        }
    }

    /// All states.
    package static let all: [StoreCondition] = [.keepsUp, .lags, .fails, .failsAndIsFull]
}
