import Locking

/// Functions that wait for the disk, run one after the other on a thread of their own, which exists
/// only while there are some.
///
/// Safe from any thread.
final class SerialWork: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isRunning = false
    }

    private let state = Locked(State())
    private let start: @Sendable (@escaping @Sendable () -> Void) throws -> Void

    /// The most functions that may wait: one for each connection that a server accepts by default,
    /// because a connection asks for one at a time.
    static let maxCount = 10_000

    /// Makes a queue.
    ///
    /// - Parameter start: starts a thread, or throws.
    init(start: @escaping @Sendable (@escaping @Sendable () -> Void) throws -> Void) {
        self.start = start
    }

    /// Enqueues a function; returns false if too many wait.
    ///
    /// If the system gives no thread, it waits for the next call.
    func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, wasRunning) = state.withLock { state in
            let isTaken = state.jobs.count < Self.maxCount
            if isTaken { state.jobs.append(job) }
            defer { state.isRunning = true }
            return (isTaken, state.isRunning)
        }
        if wasRunning { return isTaken }
        do {
            try start { self.run() }
        } catch {
            state.withLock { $0.isRunning = false }
        }
        return isTaken
    }

    private func run() {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isRunning = !state.jobs.isEmpty
                return state.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs { job() }
        }
    }
}
