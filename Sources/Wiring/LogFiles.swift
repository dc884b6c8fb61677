import MessageBus
import Sockets
import Locking

/// The files that `log` middlewares append to: known when the middlewares are made, opened when the
/// bus starts.
///
/// Safe from any thread.
package final class LogFiles: Sendable {
    private let log: Log
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
