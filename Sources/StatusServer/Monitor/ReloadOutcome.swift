import Locking
import MessageBus

/// The outcome of the last reading of bridge.json.
///
/// Safe from any thread.
package final class ReloadOutcome: Sendable {
    /// The outcome at a moment.
    package struct Report: Sendable, Equatable {
        /// True if what the file says is what runs.
        package fileprivate(set) var isSuccessful = true
        /// The time at which the file was last taken.
        package fileprivate(set) var takenAt: Timestamp
        /// The sentence that says why the file was refused; empty if it was not.
        package fileprivate(set) var reason = ""
    }

    private let contents: Locked<Report>

    /// Makes the outcome of a start.
    package init(startedAt time: Timestamp) { contents = Locked(Report(takenAt: time)) }

    /// The outcome at present.
    package var report: Report { contents.withLock { $0 } }

    /// Records that the file was taken.
    package func recordSuccess(at time: Timestamp) {
        contents.withLock { $0 = Report(takenAt: time) }
    }

    /// Records that the file was found to say what runs.
    package func clearFailure() {
        contents.withLock { ($0.isSuccessful, $0.reason) = (true, "") }
    }

    /// Records that the file was refused.
    ///
    /// - Parameter reason: the sentence that says why.
    package func recordFailure(_ reason: String) {
        contents.withLock { report in
            report.isSuccessful = false
            report.reason = reason
        }
    }
}
