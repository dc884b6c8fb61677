import Synchronization

/// A flag that a bridge sets so that the daemon ends with a failure status.
///
/// Safe from any thread.
final class ReportedFailure: Sendable {
    private let flag = Atomic(false)

    /// True once a bridge has reported a failure.
    var isReported: Bool { flag.load(ordering: .acquiring) }

    /// Reports a failure.
    func report() { flag.store(true, ordering: .releasing) }
}
