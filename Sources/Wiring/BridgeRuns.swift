import Locking
import MessageBus
import Synchronization

/// The unfinished runs of bridges, so that those that never end can be abandoned.
///
/// Safe from any thread.
final class BridgeRuns: Sendable {
    /// The end of a run.
    enum End: Sendable, Equatable {
        /// It returned.
        case finished
        /// It threw; the sentence is that of its error.
        case failed(String)
        /// It did not end.
        case abandoned
    }

    private struct State {
        var waiting: [ObjectIdentifier: Run] = [:]
        var isAbandoned = false
    }

    private struct Run {
        let continuation: CheckedContinuation<End, Never>
        var task: Task<Void, Never>?
        /// Tells this run from a later one of the same bridge.
        let number: Int
    }

    private let state = Locked(State())
    private let lastNumber = Atomic(0)

    /// Runs a bridge on its executor; returns when it has ended or is abandoned.
    ///
    /// Cancelling the caller cancels the bridge.
    func run(_ bridge: SupervisedBridge, _ port: Port) async -> End {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        let id = ObjectIdentifier(bridge.attachment)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWanted = state.withLock { state in
                    if !state.isAbandoned {
                        state.waiting[id] = Run(continuation: continuation, number: number)
                    }
                    return !state.isAbandoned
                }
                guard isWanted else { return continuation.resume(returning: .abandoned) }
                let task = Task(executorPreference: bridge.executor) {
                    // On the bridge's executor, because describing the error runs the plug-in's
                    // code.
                    do {
                        try await bridge.bridge.run(port)
                        self.end(id, number, .finished)
                    } catch {
                        self.end(id, number, .failed("\(error)"))
                    }
                }
                state.withLock { state in
                    if state.waiting[id]?.number == number { state.waiting[id]?.task = task }
                }
                if Task.isCancelled { task.cancel() }
            }
        } onCancel: {
            cancel(bridge.attachment)
        }
    }

    /// Cancels the run of one bridge.
    func cancel(_ attachment: BridgeAttachment) {
        state.withLock { $0.waiting[ObjectIdentifier(attachment)]?.task }?.cancel()
    }

    /// Stops waiting for one bridge.
    func abandon(_ attachment: BridgeAttachment) {
        state.withLock { $0.waiting.removeValue(forKey: ObjectIdentifier(attachment)) }?
            .continuation.resume(returning: .abandoned)
    }

    /// Stops waiting for all of them.
    func abandon() {
        let waiting = state.withLock { state in
            state.isAbandoned = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for run in waiting.values { run.continuation.resume(returning: .abandoned) }
    }

    private func end(_ id: ObjectIdentifier, _ number: Int, _ end: End) {
        let run = state.withLock { state in
            state.waiting[id]?.number == number ? state.waiting.removeValue(forKey: id) : nil
        }
        run?.continuation.resume(returning: end)
    }
}
