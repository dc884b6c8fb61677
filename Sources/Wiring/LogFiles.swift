import MessageBus
import Sockets
import Locking

/// The files that `log` middlewares append to: known when the middlewares are made, opened when the
/// bus starts.
///
/// Safe from any thread.
package final class LogFiles: Sendable {
    fileprivate let log: Log
    private let files = Locked<[String: LogFile]>([:])

    init(log: Log) { self.log = log }

    /// Returns the sink of a file; the same for the same path.
    func sink(for path: String) -> any LineSink {
        files.withLock { files in
            if let file = files[path] { return file }
            let file = LogFile(path: path)
            files[path] = file
            return file
        }
    }

    /// Begins to replace the files by those of a new configuration.
    func stage() -> Stage { Stage(self) }

    fileprivate var present: [String: LogFile] { files.withLock { $0 } }

    fileprivate func replace(with new: [String: LogFile]) { files.withLock { $0 = new } }

    /// Paths of the files.
    var paths: [String] { files.withLock { Array($0.keys) } }

    /// Opens the files.
    ///
    /// - Throws: `SocketError` with the path of the one that can't be opened.
    func open() throws {
        for file in files.withLock({ Array($0.values) }) { try file.open(reportTo: log) }
    }

    /// Reopens the files by their paths, after a rotation.
    func reopen() { for file in files.withLock({ Array($0.values) }) { file.reopen() } }

    /// Writes waiting lines and closes the files.
    func close() async {
        for file in files.withLock({ Array($0.values) }) { await file.close() }
    }
}

extension LogFiles {
    /// The files of a new configuration that is not in use yet: those that are open already, and
    /// others.
    ///
    /// Safe from any thread.
    final class Stage: Sendable {
        private let files: LogFiles
        private let wanted = Locked<[String: LogFile]>([:])

        fileprivate init(_ files: LogFiles) { self.files = files }

        /// Returns the sink of a file; the same for the same path, also for one that is open.
        func sink(for path: String) -> any LineSink {
            wanted.withLock { wanted in
                if let file = wanted[path] { return file }
                let file = files.present[path] ?? LogFile(path: path)
                wanted[path] = file
                return file
            }
        }

        /// Number of files that are open already and are wanted further on.
        var keptCount: Int { wanted.withLock { $0.keys.count { files.present[$0] != nil } } }

        /// Opens the files that are not open, and tries whether the others could be opened anew.
        ///
        /// May wait for a file system.
        ///
        /// - Throws: `SocketError` with the path of the one that can't be opened.
        func open() throws {
            for (path, file) in wanted.withLock({ $0 }) {
                if files.present[path] == nil {
                    try file.open(reportTo: files.log)
                } else {
                    try LineWriter.tryToOpen(path)
                }
            }
        }

        /// Uses these files from now on: those that were open before are reopened, and those that
        /// are no longer wanted are closed.
        func commit() async {
            let (before, after) = (files.present, wanted.withLock { $0 })
            files.replace(with: after)
            for (path, file) in after where before[path] != nil { file.reopen() }
            for (path, file) in before where after[path] == nil { await file.close() }
        }

        /// Closes what was opened.
        func discard() async {
            for (path, file) in wanted.withLock({ $0 }) where files.present[path] == nil {
                await file.close()
            }
        }
    }
}

/// A file that a middleware appends to.
///
/// Safe from any thread. Lines written before it is open are left out.
private final class LogFile: LineSink {
    private let path: String
    private let writer = Locked<LineWriter?>(nil)

    init(path: String) { self.path = path }

    func open(reportTo log: Log) throws {
        let throttledLog = ThrottledLog(log)
        let new = try LineWriter(
            to: .file(path), report: { throttledLog.error(cause: "write", "\($0); lines wait") })
        try new.open()
        writer.withLock { $0 = new }
    }

    func write(_ line: String) -> Bool { writer.withLock { $0 }?.write(line) ?? false }

    func reopen() { writer.withLock { $0 }?.reopen() }

    func close() async { await writer.withLock { $0 }?.close(within: .seconds(2)) }
}
