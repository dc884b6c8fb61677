import MessageBus
import Sockets
import Locking

/// The files that `log` middlewares append to: named when the configuration is made, opened when
/// the bus starts.
///
/// Safe from any thread.
package final class LogFiles: Sendable {
    private let log: Log
    private let files = Locked<[String: LogFile]>([:])

    init(log: Log) { self.log = log }

    /// The sink of a file; the same for the same path.
    func sink(for path: String) -> any LineSink {
        files.withLock { files in
            if let file = files[path] { return file }
            let file = LogFile(path: path)
            files[path] = file
            return file
        }
    }

    /// Where they are.
    var paths: [String] { files.withLock { Array($0.keys) } }

    /// Opens the files.
    ///
    /// - Throws: `SocketError` with the path of the one that can't be opened.
    func open() throws {
        for file in files.withLock({ Array($0.values) }) { try file.open(reportTo: log) }
    }

    /// Opens anew what has the files' names by now.
    func reopen() { for file in files.withLock({ Array($0.values) }) { file.reopen() } }

    /// Writes what waits and closes the files.
    func close() async {
        for file in files.withLock({ Array($0.values) }) { await file.close() }
    }
}

/// A file as a middleware sees it.
///
/// What is written before it is open is left out.
private final class LogFile: LineSink {
    private let path: String
    private let writer = Locked<LineWriter?>(nil)

    init(path: String) { self.path = path }

    func open(reportTo log: Log) throws {
        let repeats = ThrottledLog(log)
        let new = try LineWriter(
            to: .file(path), report: { repeats.error(cause: "write", "\($0); lines wait") })
        try new.open()
        writer.withLock { $0 = new }
    }

    func write(_ line: String) -> Bool { writer.withLock { $0 }?.write(line) ?? false }

    func reopen() { writer.withLock { $0 }?.reopen() }

    func close() async { await writer.withLock { $0 }?.close(within: .seconds(2)) }
}
