import Synchronization

/// The least important level at which lines are written, which can change while the log is in use.
///
/// Safe from any thread.
package final class LogThreshold: Sendable {
    private let rank: Atomic<Int>

    /// Makes a threshold.
    package init(_ level: Log.Level) { rank = Atomic(level.rank) }

    /// Returns whether lines of a level are written.
    func admits(_ level: Log.Level) -> Bool { level.rank >= rank.load(ordering: .relaxed) }

    /// Changes the level.
    package func set(_ level: Log.Level) { rank.store(level.rank, ordering: .relaxed) }
}
