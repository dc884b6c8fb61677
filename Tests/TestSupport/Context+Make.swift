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

/// Keeps the lines that are written to it.
///
/// Safe from any thread.
package final class RecordedLines: LineSink {
    private let state = Mutex<(lines: [String], paths: [String])>(([], []))

    /// Makes one without lines.
    package init() {}

    /// What was written.
    package var lines: [String] { state.withLock(\.lines) }

    /// The files that were asked for.
    package var paths: [String] { state.withLock(\.paths) }

    /// Keeps a line.
    @discardableResult
    package func write(_ line: String) -> Bool {
        state.withLock { $0.lines.append(line) }
        return true
    }

    func opened(_ path: String) { state.withLock { $0.paths.append(path) } }
}

/// Stands where an executor has to be that nobody uses.
private final class UnusedExecutor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        preconditionFailure("nothing here is asynchronous")
    }
}
