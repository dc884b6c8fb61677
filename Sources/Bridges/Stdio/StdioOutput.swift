import Chat
import MessageBus
import Sockets

/// Writes what the room says to standard output.
final class StdioOutput: Sendable {
    /// Why there is nothing more to do.
    enum End: Sendable {
        /// All is written and the bus has stopped, or the task was cancelled.
        case done
        /// Nobody reads any more.
        case gone(SocketError)
        /// Something that may pass, such as a full disk.
        case failed(SocketError)
    }

    private let writer: DescriptorWriter
    private let buffer: ByteCount
    private let port: Port
    private let phrases: Phrases

    init(_ descriptor: Int32, buffer: ByteCount, _ port: Port) throws {
        writer = try DescriptorWriter(descriptor, called: "standard output")
        try writer.start()
        try ResourceLimits.checkMemory([buffer.bytes], for: #""buffer""#)
        self.buffer = buffer
        self.port = port
        phrases = Phrases(port.language)
    }

    /// Writes until the bus has stopped or nobody reads.
    func run() async -> End {
        defer { writer.close() }
        async let _: Void = hurryAtTheEnd()
        return await withTaskGroup(of: SocketError?.self) { group in
            group.addTask { await self.writeAll() }
            // Also when nobody says anything it is noticed that nobody reads.
            group.addTask { await self.writer.failure() }
            let failure = await group.next() ?? nil
            group.cancelAll()
            guard let failure, !Task.isCancelled else { return .done }
            return failure.meansGone ? .gone(failure) : .failed(failure)
        }
    }

    /// When the bus stops, who goes on reading gets everything, and nobody else is waited for.
    private func hurryAtTheEnd() async {
        await port.stopping()
        writer.giveUp()
    }

    private func writeAll() async -> SocketError? {
        let encoder = ChatEncoder(phrases)
        var messages = port.messages.holding(buffer.bytes).makeAsyncIterator()
        do throws(SocketError) {
            while let batch = await messages.nextBatch() {
                var lines: [UInt8] = []
                for message in batch { encode(message, encoder, into: &lines) }
                try await writer.write(lines)
            }
            return nil
        } catch {
            return error
        }
    }

    private func encode(_ message: Message, _ encoder: ChatEncoder, into lines: inout [UInt8]) {
        if message.missed > 0 {
            let text = phrases.skipped(Int(clamping: message.missed))
            lines.append(contentsOf: phrases.answer(.skipped, text).utf8)
            lines.append(UInt8(ascii: "\n"))
        }
        encoder.append(message, to: &lines)
    }
}
