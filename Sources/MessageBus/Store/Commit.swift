import Synchronization

/// The promise that something will be kept.
///
/// Safe from any thread.
package final class Commit: Sendable {
    private struct State {
        var outcome: Result<Void, any Error>?
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let state = Mutex(State())

    /// Makes a promise.
    package init() {}

    /// A promise that is kept already.
    package static var kept: Commit {
        let commit = Commit()
        commit.fulfil(.success(()))
        return commit
    }

    /// Keeps the promise, or tells why it can't be kept; the first time counts.
    package func fulfil(_ outcome: Result<Void, any Error>) {
        let waiter = state.withLock { state in
            if state.outcome == nil { state.outcome = outcome }
            return state.waiter.take()
        }
        waiter?.resume(with: outcome)
    }

    /// Returns when it is kept.
    ///
    /// For one task. Cancelling that ends the waiting, not the keeping.
    package func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.waiter = continuation }
                    return state.outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            fulfil(.failure(CancellationError()))
        }
    }
}
