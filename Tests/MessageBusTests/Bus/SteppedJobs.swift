import Locking

/// The jobs of a bus and of the tasks that use it, which a test runs one after the other, in the
/// order in which they came.
///
/// Safe from any thread; one at a time takes steps.
struct SteppedJobs: Sendable {
    private let queue = Queue()
    /// For the bus.
    let serial: any SerialExecutor
    /// The executor that tasks are to prefer.
    let tasks: any TaskExecutor

    init() {
        serial = Serial(queue: queue)
        tasks = Tasks(queue: queue)
    }

    /// Runs the first job, if there is one.
    func step() -> Bool {
        let job = queue.jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?()
        return job != nil
    }

    /// Runs jobs until there are none.
    func run() { while step() {} }

    private final class Queue: Sendable {
        let jobs = Locked<[@Sendable () -> Void]>([])

        func add(_ job: @escaping @Sendable () -> Void) { jobs.withLock { $0.append(job) } }
    }

    private final class Serial: SerialExecutor {
        private let queue: Queue

        init(queue: Queue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.add { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }

        // The test's thread is whose turn it is.
        func checkIsolated() {}
    }

    private final class Tasks: TaskExecutor {
        private let queue: Queue

        init(queue: Queue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.add { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
