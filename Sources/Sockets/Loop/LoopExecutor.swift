/// Runs tasks on a loop's thread: what nobody may hold up, because no other thread is needed.
///
/// Give it to `Task(executorPreference:)`; child tasks inherit it. What runs here must not block.
/// Safe from any thread.
public final class LoopExecutor: TaskExecutor {
    private let loop: EventLoop

    /// Makes one for a loop, which may start later.
    public init(_ loop: EventLoop) { self.loop = loop }

    /// Takes a job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.perform { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
