import MessageBus

extension Context {
    /// An empty context.
    static var fake: Context {
        Context(name: "fake", language: .en, log: .silent, executor: NoExecutor()) { _ in NoLines()
        }
    }
}

private final class NoExecutor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {}
}

private struct NoLines: LineSink {
    func write(_ line: String) -> Bool { true }
}
