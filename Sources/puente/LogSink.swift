import Glibc
import MessageBus
import Sockets
import Wiring

/// Writes the daemon's log to standard error, by a thread of its own: whoever reads it slowly holds
/// nobody up.
///
/// Safe from any thread.
struct LogSink: Sendable {
    private let format: LogOptions.Format
    private let writer: LineWriter

    init(_ format: LogOptions.Format) throws {
        self.format = format
        writer = try LineWriter(to: .descriptor(STDERR_FILENO, called: "standard error"))
        try writer.open()
    }

    func take(_ entry: Log.Entry) {
        let line = LogLine(entry, at: Timestamp(milliseconds: SystemClock().wall()))
        writer.write(format == .json ? line.json : line.text)
    }

    /// Opens standard error anew, if it is a file: that may have been rotated away.
    func reopen() { writer.reopen() }

    /// Says why it could not start, behind all that the log said before, and closes.
    ///
    /// Without a time and a level for people, who look for it there; for machines an entry like the
    /// others.
    func complain(_ reason: String, of bridge: String? = nil) async {
        if format == .json { Log(from: .error, sink: take).error(reason, bridge: bridge) }
        await close()
        if format == .text {
            let subject = bridge.map { "puente: \($0)" } ?? "puente"
            Terminal.complain("\(subject): \(reason)")
        }
    }

    /// Waits until everything is written, but not for long.
    func close() async { await writer.close(within: .seconds(2)) }
}
