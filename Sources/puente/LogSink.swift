import Glibc
import MessageBus
import Sockets
import Wiring

/// Writes the daemon's log to standard error, on a thread of its own, so that a slow reader delays
/// nobody.
///
/// Safe from any thread.
struct LogSink: Sendable {
    private let format: LogOptions.Format
    private let isJournal = JournalStream.isStandardError
    private let writer: LineWriter

    init(_ format: LogOptions.Format) throws {
        self.format = format
        let prefix = isJournal ? Log.Level.warning.journalPrefix : ""
        writer = try LineWriter(
            to: .descriptor(STDERR_FILENO, called: "standard error"),
            gapLine: { "\(prefix)… \($0) lines left out" })
        try writer.open()
    }

    func write(_ entry: Log.Entry) {
        let time = Timestamp(milliseconds: SystemClock().wall())
        let line = LogLine(entry, at: isJournal ? nil : time)
        writer.write(format == .json ? line.json : line.text)
    }

    /// Reopens standard error if it is a file, after a rotation.
    func reopen() { writer.reopen() }

    /// Reports why the daemon could not start, after all earlier lines, and closes.
    ///
    /// For people without time and level, so that it stands out; for programs an entry like the
    /// others.
    func complain(_ reason: String, of bridge: String? = nil) async {
        if format == .json { Log(from: .error, sink: write).error(reason, bridge: bridge) }
        await close()
        if format == .text {
            let subject = bridge.map { "puente: \($0)" } ?? "puente"
            Terminal.complain("\(subject): \(reason)")
        }
    }

    /// Waits until everything is written, two seconds at most.
    func close() async { await writer.close(within: .seconds(2)) }
}
