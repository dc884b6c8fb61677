import CLinux
import Glibc
import Locking

/// The queue of jobs from other threads to a loop, with the event that wakes it.
///
/// Safe from any thread.
struct LoopInbox: ~Copyable, Sendable {
    /// The next action of a loop.
    enum Next {
        case stop
        /// There is work already: look at the descriptors without waiting.
        case poll
        /// Wait for the descriptors, of which the inbox's is one.
        case wait
    }

    private struct Contents: ~Copyable {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        /// True while the loop waits: only then a system call is needed to wake it.
        var isAsleep = false
        var isStopping = false
    }

    /// The descriptor that becomes readable to wake the loop.
    let descriptor: Int32
    private let contents = Locked(Contents())

    init() throws {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SocketError("eventfd") }
    }

    deinit { close(descriptor) }

    /// Enqueues a job of the executor.
    func enqueue(_ job: UnownedJob) { enqueue { $0.jobs.append(job) } }

    /// Enqueues a function.
    func enqueue(_ action: @escaping @Sendable () -> Void) { enqueue { $0.actions.append(action) } }

    private func enqueue(_ change: (inout Contents) -> Void) {
        let isAsleep = contents.withLock { contents in
            change(&contents)
            defer { contents.isAsleep = false }
            return contents.isAsleep
        }
        if isAsleep { wake() }
    }

    /// Stops the loop.
    func stop() {
        contents.withLock { $0.isStopping = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    /// Returns the next action of the loop.
    ///
    /// - Parameter isBusy: true if the loop has other work.
    func next(isBusy: Bool) -> Next {
        contents.withLock { contents in
            contents.isAsleep =
                contents.jobs.isEmpty && contents.actions.isEmpty && !contents.isStopping
                && !isBusy
            return contents.isStopping ? .stop : contents.isAsleep ? .wait : .poll
        }
    }

    /// Swaps waiting jobs and functions for empty arrays; the loop is awake now.
    func exchange(jobs: inout [UnownedJob], actions: inout [@Sendable () -> Void]) {
        contents.withLock { contents in
            contents.isAsleep = false
            swap(&contents.jobs, &jobs)
            swap(&contents.actions, &actions)
        }
    }
}
