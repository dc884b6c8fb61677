/// A commit that a task waits for.
///
/// Safe from any thread.
package final class PendingCommit: Sendable {
    private let answer = Promise<Void>()

    /// Makes a commit that is still to come.
    package init() {}

    /// A commit that has happened already.
    package static var kept: PendingCommit {
        let commit = PendingCommit()
        commit.fulfill(.success(()))
        return commit
    }

    /// Records that the commit has happened, or why it can't; only the first call counts.
    package func fulfill(_ outcome: Result<Void, any Error>) { answer.fulfill(outcome) }

    /// Returns when the commit has happened.
    ///
    /// For one task only. Cancelling the task ends the waiting, not the commit.
    package func wait() async throws { try await answer.wait() }
}
