import Locking

/// A result that one thread provides and one task waits for.
///
/// Safe from any thread.
package final class Promise<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiter: CheckedContinuation<Value, any Error>?
    }

    private let state = Locked(State())

    /// Makes a promise without a result.
    package init() {}

    /// Provides the result; only the first call counts.
    package func fulfill(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state in
            if state.result == nil { state.result = result }
            return state.waiter.take()
        }
        waiter?.resume(with: result)
    }

    /// Returns the result, as soon as there is one.
    ///
    /// For one task only. Cancelling the task ends the waiting, not the work behind the promise.
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
            fulfill(.failure(CancellationError()))
        }
    }
}
