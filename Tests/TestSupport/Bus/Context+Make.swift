import MessageBus
import Synchronization

extension Context {
    /// Makes a context whose log and files are kept in memory.
    package static func make(
        language: Language = .en, log: RecordedLines = RecordedLines(),
        from level: Log.Level = .info,
        files: RecordedLines = RecordedLines()
    ) -> Context {
        Context(
            name: "test", language: language,
            log: Log(from: level) { log.write("\($0.level.rawValue): \($0.sentence)") },
            executor: UnusedExecutor(),
            files: { path in
                files.opened(path)
                return files
            })
    }
}

/// Stands where an executor has to be that nobody uses.
private final class UnusedExecutor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        preconditionFailure("nothing here is asynchronous")
    }
}
