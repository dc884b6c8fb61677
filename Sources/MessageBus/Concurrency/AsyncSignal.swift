import Locking

/// A signal that wakes one waiting task; sent before, it lets the next one pass at once.
///
/// Signals are not counted: any number of them sent while no task waits wakes one. Safe from any
/// thread; one task waits at a time, the task that owns whatever the signal is about.
public final class AsyncSignal: Sendable {
    private struct State {
        var isSent = false
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let state = Locked(State())

    /// Makes a signal that is not sent yet.
    public init() {}

    /// Wakes the waiting task, or else lets the next one pass.
    public func send() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.isSent = true }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Returns when the signal is sent, or at once if it was since the last wait.
    ///
    /// - Throws: `CancellationError`; a signal that was sent is left for the next wait.
    public nonisolated(nonsending) func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    // A task is cancelled before its handler is called, so whichever of the two
                    // comes to the lock first, the other sees it.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isSent {
                        state.isSent = false
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
