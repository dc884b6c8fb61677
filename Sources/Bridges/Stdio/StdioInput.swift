import Chat
import MessageBus
import Sockets
import Synchronization

/// Brings the lines of standard input in.
final class StdioInput: Sendable {
    private let reader: DescriptorReader
    private let form: Stdio.Form
    private let sender: String
    private let exitsAtEnd: Bool
    private let isStopped = Atomic(false)
    private let port: Port
    private let dropLog: StdioDropLog

    init(
        _ descriptor: Int32, lines form: Stdio.Form, sender: String, exitsAtEnd: Bool, _ port: Port,
        _ dropLog: StdioDropLog
    ) throws {
        reader = try DescriptorReader(descriptor, called: "standard input")
        try reader.start()
        self.form = form
        self.sender = sender
        self.exitsAtEnd = exitsAtEnd
        self.port = port
        self.dropLog = dropLog
    }

    /// Reads no more; what has been read is still published.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        reader.stop()
    }

    /// Publishes lines until there are no more.
    ///
    /// The port's source, opened before, is closed then.
    func run() async {
        await publishAll()
        dropLog.tellRest()
        await port.closeSource()
        if Task.isCancelled || isStopped.load(ordering: .relaxed) { return }
        port.log.info("standard input has ended")
        if exitsAtEnd { port.stopDaemon() }
    }

    private func publishAll() async {
        var cutter = StdioLineSplitter(longest: Stdio.longestLine)
        var lines = StdioLines(form, sender: sender)
        while let chunk = await nextChunk() {
            chunk.withUnsafeBytes { cutter.split($0) { take($0, isCut: $1, into: &lines) } }
            guard await publish(lines.take()) else { return }
        }
        cutter.flush { take($0, isCut: $1, into: &lines) }
        _ = await publish(lines.take())
    }

    private func nextChunk() async -> [UInt8]? {
        do throws(SocketError) {
            return try await reader.next()
        } catch {
            port.log.error("\(error); no more is read")
            return nil
        }
    }

    private func take(
        _ line: UnsafeRawBufferPointer, isCut: Bool, into lines: inout StdioLines
    ) {
        if isCut { dropLog.noteTooLong() }
        lines.add(line)
    }

    /// Publishes, or returns false because the bus has stopped.
    private func publish(_ drafts: [Draft]) async -> Bool {
        if drafts.isEmpty { return true }
        do {
            dropLog.note(try await port.publish(drafts))
            return true
        } catch {
            port.log.warning("\(drafts.count) lines of standard input are lost: \(error)")
            return false
        }
    }
}
