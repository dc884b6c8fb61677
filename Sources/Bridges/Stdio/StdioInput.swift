import Chat
import MessageBus
import Sockets
import Synchronization

/// The incoming half of the bridge: publishes the lines of standard input.
///
/// Safe from any thread.
final class StdioInput: Sendable {
    private let reader: DescriptorReader
    private let form: Stdio.Form
    private let sender: String
    private let exitsAtEnd: Bool
    private let isStopped = Atomic(false)
    private let port: Port
    private let dropLog: StdioDropLog
    private let remainder: StdioRemainder

    init(
        _ descriptor: Int32, lines form: Stdio.Form, sender: String, exitsAtEnd: Bool, _ port: Port,
        _ dropLog: StdioDropLog, _ remainder: StdioRemainder
    ) throws {
        reader = try DescriptorReader(descriptor, called: "standard input")
        try reader.start()
        self.form = form
        self.sender = sender
        self.exitsAtEnd = exitsAtEnd
        self.port = port
        self.dropLog = dropLog
        self.remainder = remainder
    }

    /// Stops reading; lines that have been read are still published.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        reader.stop()
    }

    /// Publishes lines until there are no more, and closes the port's intake, which is open before.
    func run() async {
        await publishAll()
        dropLog.flush()
        await port.closeIntake()
        if Task.isCancelled || isStopped.load(ordering: .relaxed) { return }
        port.log.info("standard input has ended")
        if exitsAtEnd { port.stopDaemon() }
    }

    private func publishAll() async {
        var splitter =
            remainder.removeSplitter() ?? StdioLineSplitter(longest: Stdio.maxLineBytes)
        var lines = StdioLines(form, sender: sender)
        while let chunk = await nextChunk() {
            unsafe chunk.withUnsafeBytes {
                unsafe splitter.split($0) { unsafe addLine($0, isCut: $1, into: &lines) }
            }
            guard await publish(lines.removeDrafts()) else { return }
        }
        if isStopped.load(ordering: .relaxed), await port.isReplaced {
            // The line goes on in the next run.
            return remainder.save(splitter)
        }
        unsafe splitter.flush { unsafe addLine($0, isCut: $1, into: &lines) }
        _ = await publish(lines.removeDrafts())
    }

    private func nextChunk() async -> [UInt8]? {
        do throws(SocketError) {
            return try await reader.next()
        } catch {
            port.log.error("\(error); no more is read")
            return nil
        }
    }

    private func addLine(
        _ line: UnsafeRawBufferPointer, isCut: Bool, into lines: inout StdioLines
    ) {
        if isCut { dropLog.recordCutLine() }
        if unsafe !lines.append(line) { dropLog.recordPassword() }
    }

    /// Publishes drafts; returns false once the bus has stopped.
    private func publish(_ drafts: [Draft]) async -> Bool {
        if drafts.isEmpty { return true }
        do {
            dropLog.recordDrops(try await port.publish(drafts))
            return true
        } catch {
            port.log.warning("\(drafts.count) lines of standard input are lost: \(error)")
            return false
        }
    }
}
