import Locking
import MessageBus

/// The gate to the reloader, for callers that may ask before there is one.
///
/// Safe from any thread.
final class ReloadGate: Sendable {
    private struct State {
        var reloader: Reloader?
        var isSignalled = false
        var isClosed = false
    }

    private let state = Locked(State())
    private let changed = BroadcastSignal()
    private let executor: any TaskExecutor

    /// Makes a gate that is shut.
    ///
    /// - Parameter executor: the executor of reloads that nobody waits for.
    init(executor: any TaskExecutor) { self.executor = executor }

    /// Lets in everybody who has asked.
    func open(_ reloader: Reloader) {
        let isSignalled = state.withLock { state in
            state.reloader = reloader
            return state.isSignalled
        }
        changed.send()
        if isSignalled { signal() }
    }

    /// Lets nobody in any more.
    func close() {
        state.withLock { $0.isClosed = true }
        changed.send()
    }

    /// Reloads because of a signal, as soon as that is possible.
    func signal() {
        let reloader = state.withLock { state in
            state.isSignalled = true
            return state.isClosed ? nil : state.reloader
        }
        guard let reloader else { return }
        Task(executorPreference: executor) { await reloader.reloadBySignal() }
    }

    /// Returns the outcome of a reload for a command, which may have to wait for the start.
    ///
    /// Goes on even if the caller is cancelled.
    func reload(_ file: String, isPlan: Bool) async -> ReloadResult {
        while true {
            let seen = changed.count
            let (reloader, isClosed) = state.withLock { ($0.reloader, $0.isClosed) }
            if isClosed || Task.isCancelled { return .refused(.stopping) }
            if let reloader {
                return await Task(executorPreference: executor) {
                    await reloader.reload(file, isPlan: isPlan)
                }.value
            }
            await changed.wait(since: seen)
        }
    }
}
