import Chat
import MessageBus
import Sockets

/// The outgoing half of the bridge: writes what the room says to standard output.
///
/// Safe from any thread.
final class StdioOutput: Sendable {
    /// The reason for which writing has ended.
    enum End: Sendable {
        /// Everything is written and the bus has stopped, or the task was cancelled.
        case done
        /// The reading end is closed.
        case gone(SocketError)
        /// An error that may pass, such as a full disk.
        case failed(SocketError)
    }

    private let writer: DescriptorWriter
    private let buffer: ByteCount
    private let port: Port
    private let phrases: Phrases
    private let remainder: StdioRemainder

    init(
        _ descriptor: Int32, buffer: ByteCount, _ port: Port, _ remainder: StdioRemainder
    ) throws {
        writer = try DescriptorWriter(descriptor, called: "standard output")
        try writer.start()
        try ResourceLimits.checkMemory([buffer.bytes], for: #""buffer""#)
        self.buffer = buffer
        self.port = port
        phrases = Phrases(port.language)
        self.remainder = remainder
    }

    /// Writes until the bus has stopped or the reading end is closed.
    func run() async -> End {
        defer {
            writer.close()
            remainder.save(writer.unwritten, of: port.name)
        }
        async let _: Void = giveUpWhenStopping()
        return await withTaskGroup(of: SocketError?.self) { group in
            group.addTask { await self.writeAll() }
            // Notices a closed reading end even while nothing is said.
            group.addTask { await self.writer.failure() }
            let failure = await group.next() ?? nil
            group.cancelAll()
            let isReplaced = await port.isReplaced
            guard let failure, !Task.isCancelled, !isReplaced else { return .done }
            return failure.meansGone ? .gone(failure) : .failed(failure)
        }
    }

    /// Waits for the bus to stop.
    ///
    /// From then on a reader that goes on reading gets everything, and no other reader is waited
    /// for. If another bridge takes this one's place, that one writes the rest.
    private func giveUpWhenStopping() async {
        await port.stopping()
        if await port.isReplaced { writer.stop() } else { writer.giveUp() }
    }

    private func writeAll() async -> SocketError? {
        let encoder = ChatEncoder(phrases)
        var messages = port.messages.holding(buffer.bytes).makeAsyncIterator()
        do throws(SocketError) {
            try await writer.write(remainder.dequeueOutput(of: port.name))
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
