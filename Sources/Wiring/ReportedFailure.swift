import Synchronization

/// The word of a bridge that the daemon's run is no success.
///
/// Safe from any thread.
final class ReportedFailure: Sendable {
    private let flag = Atomic(false)

    /// True once a bridge has said so.
    var isReported: Bool { flag.load(ordering: .acquiring) }

    /// Says so.
    func report() { flag.store(true, ordering: .releasing) }
}
