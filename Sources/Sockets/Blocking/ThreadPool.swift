import Glibc
import TimeUnits

/// The threads of one bridge's tasks: a task that blocks delays no other bridge, and if all threads
/// are busy another one is started.
///
/// Safe from any thread. Give it to `Task(executorPreference:)`; child tasks inherit it.
///
/// It owns its lock and its condition, which are the C library's.
@safe  // Sendable: the lock guards what varies.
public final class ThreadPool: TaskExecutor, @unchecked Sendable {
    /// The most threads; when all are busy, jobs wait for one.
    public static let maxThreads = 64

    /// The time that an idle thread waits before it ends, unless it is the last one.
    private static let timeout: Duration = .seconds(5)

    private let name: String
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let hasJobs: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [UnownedJob] = []
    /// Jobs at the front that have been taken already.
    private var taken = 0
    private var threads = 0
    /// Threads that wait for a job.
    private var idle = 0
    /// True while a thread starts: one at a time, so that short jobs don't start one each.
    private var isStartingThread = false
    private var isStopping = false

    /// Makes a pool without threads.
    ///
    /// - Parameter name: name of the threads in `ps`.
    public init(named name: String) {
        self.name = name
        unsafe lock = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe hasJobs = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(hasJobs, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(hasJobs)
        unsafe hasJobs.deallocate()
        unsafe pthread_mutex_destroy(lock)
        unsafe lock.deallocate()
    }

    /// Starts the one thread that always exists.
    ///
    /// Must be called once, before any job is enqueued.
    ///
    /// - Throws: `SocketError` that names the limit, when the system gives no more threads.
    public func start() throws(SocketError) {
        locked { threads += 1 }
        try DedicatedThread.start(named: name) { self.run() }
    }

    /// Lets idle threads end.
    public func stop() {
        locked {
            isStopping = true
            unsafe pthread_cond_broadcast(hasJobs)
        }
    }

    /// Enqueues a job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThread = locked {
            jobs.append(job)
            unsafe pthread_cond_signal(hasJobs)
            return reserveThread()
        }
        if needsThread { startReservedThread() }
    }

    private var waiting: Int { jobs.count - taken }

    private func locked<Value>(_ body: () -> Value) -> Value {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }

    /// Counts another thread if one is needed and returns true; the caller must start it.
    ///
    /// Under the lock.
    private func reserveThread() -> Bool {
        guard waiting > idle, !isStartingThread, threads < Self.maxThreads else { return false }
        isStartingThread = true
        threads += 1
        return true
    }

    private func startReservedThread() {
        do throws(SocketError) {
            try DedicatedThread.start(named: name) {
                self.locked { self.isStartingThread = false }
                self.run()
            }
        } catch {
            // The system gives no more threads: those that exist do the waiting jobs.
            locked {
                isStartingThread = false
                threads -= 1
            }
        }
    }

    // MARK: - On its threads

    private func run() {
        while true {
            unsafe pthread_mutex_lock(lock)
            let job = nextJob()
            let needsThread = reserveThread()
            unsafe pthread_mutex_unlock(lock)
            if needsThread { startReservedThread() }
            guard let job else { return }
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Waits for a job, or returns `nil` because this thread has ended; under the lock.
    private func nextJob() -> UnownedJob? {
        var hasTimedOut = false
        while waiting == 0 {
            if isStopping || hasTimedOut && threads > 1 {
                threads -= 1
                return nil
            }
            idle += 1
            hasTimedOut = !waitForJob()
            idle -= 1
        }
        let job = jobs[taken]
        taken += 1
        // Taken jobs are removed now and then, because each removal moves the others.
        if taken == jobs.count || taken >= 64 {
            jobs.removeFirst(taken)
            taken = 0
        }
        return job
    }

    /// Waits for a job; returns false after `timeout`.
    ///
    /// The last thread waits for ever.
    private func waitForJob() -> Bool {
        if threads == 1 {
            unsafe pthread_cond_wait(hasJobs, lock)
            return true
        }
        // The kernel waits, by a clock of its own.
        var end = timespec(KernelClock.monotonic + Self.timeout)
        return unsafe pthread_cond_timedwait(hasJobs, lock, &end) != ETIMEDOUT
    }
}
