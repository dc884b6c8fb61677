import Locking

/// A lock that tasks hold one after the other, in the order in which they have asked.
///
/// Cancelling a task does not end its wait: it gets the lock like any other, and passes it on. Safe
/// from any thread.
public final class AsyncLock: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Makes a lock that nobody holds.
    public init() {}

    /// Number of tasks that wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs a body when no other task holds the lock.
    public func run<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        await acquire()
        defer { release() }
        return try await body()
    }

    /// Returns when no other task holds the lock; `release()` is to follow, also if the task was
    /// cancelled meanwhile.
    public func acquire() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isTaken {
                    state.waiting.append(continuation)
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives the lock to the task that has waited for it longest.
    public func release() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
