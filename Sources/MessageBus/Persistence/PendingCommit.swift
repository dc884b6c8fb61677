/// The promise that something will be kept.
///
/// Safe from any thread.
package final class PendingCommit: Sendable {
    private let answer = Promise<Void>()

    /// Makes a promise.
    package init() {}

    /// A promise that is kept already.
    package static var kept: PendingCommit {
        let commit = PendingCommit()
        commit.fulfil(.success(()))
        return commit
    }

    /// Keeps the promise, or tells why it can't be kept; the first time counts.
    package func fulfil(_ outcome: Result<Void, any Error>) { answer.give(outcome) }

    /// Returns when it is kept.
    ///
    /// For one task. Cancelling that ends the waiting, not the keeping.
    package func wait() async throws { try await answer.wait() }
}
