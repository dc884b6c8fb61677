import Locking

/// A signal that wakes all waiting tasks each time it is sent.
///
/// A task reads `count`, looks at whatever the signal is about, and waits for a signal since that
/// count: one that is sent between the look and the wait is not missed. Safe from any thread.
package final class BroadcastSignal: Sendable {
    struct State {
        var count: UInt64 = 0
        var lastID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    let state = Locked(State())

    /// Makes a signal that was never sent.
    package init() {}

    /// Number of times the signal was sent.
    package var count: UInt64 { state.withLock { $0.count } }

    /// Wakes all waiting tasks.
    package func send() {
        let waiters = state.withLock { state in
            state.count += 1
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns once the signal has been sent since its count was the given one, or when the task is
    /// cancelled.
    package nonisolated(nonsending) func wait(since count: UInt64) async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A task is cancelled before its handler is called, so whichever of the two
                    // comes to the lock first, the other sees it.
                    if state.count != count || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume()
        }
    }
}
