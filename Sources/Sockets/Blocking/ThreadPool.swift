import Glibc

/// Runs the tasks of one bridge on threads of its own: a task that blocks holds up nobody else, and
/// where all threads are busy another one is started.
///
/// Give it to `Task(executorPreference:)`; child tasks inherit it. Safe from any thread.
public final class ThreadPool: TaskExecutor, @unchecked Sendable {  // the lock guards what varies
    /// Threads at most; what comes when all are busy waits for one.
    public static let mostThreads = 64

    /// Seconds that a thread waits for something to do before it ends, unless it is the last one.
    private static let patience = 5

    private let name: String
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let isAsked: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [UnownedJob] = []
    /// Jobs at the front that have been taken already.
    private var taken = 0
    private var threads = 0
    /// Threads that wait.
    private var idle = 0
    /// Whether a thread is on its way: one at a time, so that short jobs don't start one each.
    private var isGrowing = false
    private var isStopping = false

    /// Makes a pool without threads.
    ///
    /// - Parameter name: what its threads are called in `ps`.
    public init(named name: String) {
        self.name = name
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        isAsked = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(isAsked, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(isAsked)
        isAsked.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Starts the thread that there always is.
    ///
    /// Once, before anything is run.
    ///
    /// - Throws: `SocketError` that names the limit, when the system gives no more threads.
    public func start() throws(SocketError) {
        locked { threads += 1 }
        try DedicatedThread.start(named: name) { self.run() }
    }

    /// Lets the threads end that have nothing to do any more.
    public func stop() {
        locked {
            isStopping = true
            pthread_cond_broadcast(isAsked)
        }
    }

    /// Takes a job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let grows = locked {
            jobs.append(job)
            pthread_cond_signal(isAsked)
            return beginsToGrow()
        }
        if grows { grow() }
    }

    private var waiting: Int { jobs.count - taken }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    /// Whether another thread is needed, which the caller starts then; under the lock.
    private func beginsToGrow() -> Bool {
        guard waiting > idle, !isGrowing, threads < Self.mostThreads else { return false }
        isGrowing = true
        threads += 1
        return true
    }

    private func grow() {
        do throws(SocketError) {
            try DedicatedThread.start(named: name) {
                self.locked { self.isGrowing = false }
                self.run()
            }
        } catch {
            // The system gives no more: what waits is done by the threads there are.
            locked {
                isGrowing = false
                threads -= 1
            }
        }
    }

    // MARK: - On its threads

    private func run() {
        while true {
            pthread_mutex_lock(lock)
            let job = nextJob()
            let grows = beginsToGrow()
            pthread_mutex_unlock(lock)
            if grows { grow() }
            guard let job else { return }
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Waits for a job, or returns `nil` because this thread has ended; under the lock.
    private func nextJob() -> UnownedJob? {
        var isLate = false
        while waiting == 0 {
            if isStopping || isLate && threads > 1 {
                threads -= 1
                return nil
            }
            idle += 1
            isLate = !waitUntilAsked()
            idle -= 1
        }
        let job = jobs[taken]
        taken += 1
        // What was taken is dropped now and then, so that a job costs no moving of the others.
        if taken == jobs.count || taken >= 64 {
            jobs.removeFirst(taken)
            taken = 0
        }
        return job
    }

    /// Returns false if nobody has asked for a while; the last thread waits for ever.
    private func waitUntilAsked() -> Bool {
        if threads == 1 {
            pthread_cond_wait(isAsked, lock)
            return true
        }
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_sec += Self.patience
        return pthread_cond_timedwait(isAsked, lock, &end) != ETIMEDOUT
    }
}
