import Chat
import Locking

/// Wakes one task that waits; rung before, it does not wait.
///
/// Safe from any thread; one task waits at a time.
final class AsyncSignal: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let state = Locked(State())

    init() {}

    /// Wakes who waits, or else the next one to wait.
    func ring() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.isRung = true }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Returns when it is rung, or was since the last time.
    ///
    /// - Throws: `CancellationError`; then what was rung is left for the next one.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    // A task is cancelled before its handler is called, so whichever of the two comes
                    // to the lock first, the other sees it.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isRung {
                        state.isRung = false
                        return .success(())
                    }
                    state.waiter = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiter.take() }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
