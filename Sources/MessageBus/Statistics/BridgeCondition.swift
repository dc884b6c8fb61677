import Locking

/// The state of a bridge, since when, and why.
///
/// Safe from any thread.
package final class BridgeCondition: Sendable {
    /// A state as it is at a moment.
    package struct Report: Sendable, Equatable {
        package internal(set) var state = BridgeState.starting
        /// The time at which the state began, by the wall clock.
        package internal(set) var since = Timestamp.epoch
        /// The sentence that says why; empty if there is nothing to say.
        package internal(set) var reason = ""
        /// True if nobody waits for the bridge.
        package internal(set) var isOptional = false
    }

    private let contents = Locked(Report())

    /// Makes the condition of a bridge that is not started yet.
    package init() {}

    /// The state at present.
    package var report: Report { contents.withLock { $0 } }

    /// Records whether anybody waits for the bridge.
    package func setOptional(_ isOptional: Bool) {
        contents.withLock { $0.isOptional = isOptional }
    }

    /// Records a state; if it was that already, only the reason changes.
    func set(_ state: BridgeState, at time: Timestamp, because reason: String = "") {
        contents.withLock { report in
            if report.state != state || report.since == .epoch { report.since = time }
            report.state = state
            report.reason = reason
        }
    }
}
