import Locking

/// What a thread will answer to a task.
///
/// Safe from any thread.
package final class Promise<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiter: CheckedContinuation<Value, any Error>?
    }

    private let state = Locked(State())

    /// Makes one that nobody has given yet.
    package init() {}

    /// Answers; the first time counts.
    package func give(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state in
            if state.result == nil { state.result = result }
            return state.waiter.take()
        }
        waiter?.resume(with: result)
    }

    /// The answer, when there is one.
    ///
    /// For one task. Cancelling that ends the waiting, not what was asked for.
    package func wait() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state in
                    if state.result == nil { state.waiter = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            give(.failure(CancellationError()))
        }
    }
}
