import MessageBus
import Sockets
import Synchronization

/// The files that `log` middlewares append to: named when the configuration is made, opened when
/// the bus starts. Safe from any thread.
package final class LogFiles: Sendable {
    private let directory: String
    private let log: Log
    private let sinks = Mutex<[String: FileSink]>([:])

    init(directory: String, log: Log) {
        self.directory = directory
        self.log = log
    }

    /// The sink of a file; the same for the same path.
    func sink(for path: String) -> any LineSink {
        let full = path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
        let log = log
        return sinks.withLock { sinks in
            if let sink = sinks[full] { return sink }
            let sink = FileSink(writer: FileWriter(path: full) { log.error("\($0)") })
            sinks[full] = sink
            return sink
        }
    }

    /// Opens the files.
    ///
    /// - Throws: `SocketError` with the path of the one that can't be opened.
    func open() throws {
        for sink in sinks.withLock({ Array($0.values) }) { try sink.writer.open() }
    }

    /// Writes what waits and closes the files.
    func close() { for sink in sinks.withLock({ Array($0.values) }) { sink.writer.close() } }
}

/// A file as a middleware sees it.
private struct FileSink: LineSink {
    let writer: FileWriter

    func write(_ line: String) -> Bool { writer.write(line) }
}
