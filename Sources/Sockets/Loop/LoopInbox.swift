import CLinux
import Glibc
import Locking

/// What other threads have a loop do, and what wakes it for that.
///
/// Safe from any thread.
struct LoopInbox: ~Copyable, Sendable {
    /// What a loop does next.
    enum Next {
        case stop
        /// Something is there already: it looks at its descriptors and does not wait.
        case look
        /// It waits for its descriptors, of which the inbox's is one.
        case wait
    }

    private struct Contents: ~Copyable {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        /// Whether the loop waits: only then is a system call needed to be heard.
        var isAsleep = false
        var isStopping = false
    }

    /// What the loop watches: readable when it is to wake up.
    let descriptor: Int32
    private let contents = Locked(Contents())

    init() throws {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SocketError("eventfd") }
    }

    deinit { close(descriptor) }

    /// Adds a job of the executor.
    func add(_ job: UnownedJob) { add { $0.jobs.append(job) } }

    /// Adds a function.
    func add(_ action: @escaping @Sendable () -> Void) { add { $0.actions.append(action) } }

    private func add(_ change: (inout Contents) -> Void) {
        let isAsleep = contents.withLock { contents in
            change(&contents)
            defer { contents.isAsleep = false }
            return contents.isAsleep
        }
        if isAsleep { wake() }
    }

    /// Has the loop stop.
    func stop() {
        contents.withLock { $0.isStopping = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// What the loop does next.
    ///
    /// - Parameter isBusy: whether it has something to do anyway.
    func next(isBusy: Bool) -> Next {
        contents.withLock { contents in
            contents.isAsleep =
                contents.jobs.isEmpty && contents.actions.isEmpty && !contents.isStopping
                && !isBusy
            return contents.isStopping ? .stop : contents.isAsleep ? .wait : .look
        }
    }

    /// Hands out what is there, in exchange for what is empty; the loop is awake now.
    func take(jobs: inout [UnownedJob], actions: inout [@Sendable () -> Void]) {
        contents.withLock { contents in
            contents.isAsleep = false
            swap(&contents.jobs, &jobs)
            swap(&contents.actions, &actions)
        }
    }
}
