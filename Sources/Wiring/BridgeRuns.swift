import MessageBus
import Locking

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
        var waiting: [Int: CheckedContinuation<End, Never>] = [:]
        var last = 0
        var isAbandoned = false
    }

    private let state = Locked(State())

    /// Runs a bridge on its executor; returns when it has ended or is abandoned.
    ///
    /// Cancelling the caller cancels the bridge.
    func run(_ bridge: SupervisedBridge, _ port: Port) async -> End {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        let started = Locked<Task<Void, Never>?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWanted = state.withLock { state in
                    if !state.isAbandoned { state.waiting[number] = continuation }
                    return !state.isAbandoned
                }
                guard isWanted else { return continuation.resume(returning: .abandoned) }
                let task = Task(executorPreference: bridge.executor) {
                    // On the bridge's executor, because describing the error runs the plug-in's
                    // code.
                    do {
                        try await bridge.bridge.run(port)
                        self.end(number, .finished)
                    } catch {
                        self.end(number, .failed("\(error)"))
                    }
                }
                started.withLock { $0 = task }
                if Task.isCancelled { task.cancel() }
            }
        } onCancel: {
            started.withLock { $0 }?.cancel()
        }
    }

    /// Stops waiting for all of them.
    func abandon() {
        let waiting = state.withLock { state in
            state.isAbandoned = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: .abandoned) }
    }

    private func end(_ number: Int, _ end: End) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: end)
    }
}
