import Locking

/// The executor of an actor that computes for long: a thread of its own, which exists only while
/// there are jobs.
///
/// Safe from any thread.
public final class SerialThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let name: String
    private let state = Locked(State())

    /// Makes an executor without a thread.
    public init(named name: String) { self.name = name }

    /// Enqueues a job.
    ///
    /// If the system gives no thread, the job waits for the next call.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isRunning = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return state.isRunning
        }
        if isRunning { return }
        do throws(SocketError) {
            try DedicatedThread.start(named: name) { self.run() }
        } catch {
            state.withLock { $0.isRunning = false }
        }
    }

    private func run() {
        while true {
            let jobs = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                state.isRunning = !jobs.isEmpty
                return jobs
            }
            if jobs.isEmpty { return }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}
