import Glibc
import MessageBus
import Sockets
import Synchronization
import Wiring

/// The writer of the daemon's log to standard error, on a thread of its own, so that a slow reader
/// delays nobody.
///
/// Safe from any thread.
final class LogSink: Sendable {
    private let isJSON: Atomic<Bool>
    private let isJournal = JournalStream.isStandardError
    private let writer: LineWriter

    init(_ format: LogOptions.Format) throws {
        isJSON = Atomic(format == .json)
        let prefix = isJournal ? Log.Level.warning.journalPrefix : ""
        writer = try LineWriter(
            to: .descriptor(STDERR_FILENO, called: "standard error"),
            gapLine: { "\(prefix)… \($0) lines left out" })
        try writer.open()
    }

    func write(_ entry: Log.Entry) {
        let time = SystemClock().wall()
        let line = LogLine(entry, at: isJournal ? nil : time)
        writer.write(isJSON.load(ordering: .relaxed) ? line.json : line.text)
    }

    /// Writes later entries in another form.
    func use(_ format: LogOptions.Format) { isJSON.store(format == .json, ordering: .relaxed) }

    /// Reopens standard error if it is a file, after a rotation.
    func reopen() { writer.reopen() }

    /// Reports why the daemon could not start, after all earlier lines, and closes.
    ///
    /// People get the reason without time and level, so that it stands out; programs get an entry
    /// like the others.
    func complain(_ reason: String, of bridge: String? = nil) async {
        let isJSON = isJSON.load(ordering: .relaxed)
        if isJSON { Log(from: .error, sink: write).error(reason, bridge: bridge) }
        await close()
        if !isJSON {
            let subject = bridge.map { "puente: \($0)" } ?? "puente"
            Terminal.printError("\(subject): \(reason)")
        }
    }

    /// Waits until everything is written, for at most two seconds.
    func close() async { await writer.close(within: .seconds(2)) }
}
