import Synchronization

/// A bridge's report that the daemon's run has failed.
///
/// Safe from any thread.
final class ReportedFailure: Sendable {
    private let flag = Atomic(false)

    /// True once a bridge has reported a failure.
    var isReported: Bool { flag.load(ordering: .acquiring) }

    /// Reports a failure.
    func report() { flag.store(true, ordering: .releasing) }
}
