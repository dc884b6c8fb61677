/// An executor that runs tasks on a loop's thread, so that they need no other thread and nobody can
/// hold them up.
///
/// Safe from any thread. Give it to `Task(executorPreference:)`; child tasks inherit it. The tasks
/// must not block.
public final class LoopExecutor: TaskExecutor {
    private let loop: EventLoop

    /// Makes an executor for a loop, which may start later.
    public init(_ loop: EventLoop) { self.loop = loop }

    /// Enqueues a job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.perform { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
