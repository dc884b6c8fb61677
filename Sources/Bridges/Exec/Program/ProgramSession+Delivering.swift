import Chat
import Locking
import MessageBus

// From the bus to the program.
extension ProgramSession {
    /// The bytes that are gathered before they are written.
    private static let writeSize = 64 << 10

    /// Hands over the messages of a room until the bus ends.
    func deliver(from room: String) async throws {
        switch (options.format, options.durable) {
        case (.json, true): try await deliverDurably(from: room)
        case (.json, false):
            await deliver(from: room) { message, bytes in
                if message.missed > 0 {
                    bytes += ProgramLine.skipped(message.missed, room: room)
                }
                if self.isGiven(message) { bytes += ProgramLine.message(message) }
            }
        case (.lines, _):
            let (phrases, encoder) = (
                Phrases(port.language), ChatEncoder(Phrases(port.language))
            )
            await deliver(from: room) { message, bytes in
                if message.missed > 0 {
                    let text = phrases.skipped(Int(clamping: message.missed))
                    bytes += "\(phrases.answer(.skipped, text))\n".utf8
                }
                if self.isGiven(message) { encoder.append(message, to: &bytes) }
            }
        }
    }

    private func deliver(
        from room: String, _ append: (Message, inout [UInt8]) -> Void
    ) async {
        var messages = port.messages(in: room).makeAsyncIterator()
        while let batch = await messages.nextBatch() {
            var bytes: [UInt8] = []
            for message in batch {
                append(message, &bytes)
                if bytes.count > Self.writeSize {
                    await process.write(bytes)
                    bytes = []
                }
            }
            if !bytes.isEmpty { await process.write(bytes) }
        }
    }

    private func deliverDurably(from room: String) async throws {
        for try await delivery in port.deliveries(in: room) {
            let isGiven = isGiven(delivery.message)
            await process.write(
                isGiven ? ProgramLine.message(delivery.message) : [],
                when: { self.pending.withLock { !$0.isFull } },
                before: {
                    self.pending.withLock { $0.append(delivery, isGiven: isGiven) }
                })
            if !isGiven { try await acknowledgeDone() }
        }
    }

    func deliverPrivateMessages() async {
        for await message in port.privateMessages where isGiven(message) {
            await process.write(ProgramLine.message(message))
        }
    }

    /// Returns whether the program is given a message: it gets texts of programs only if it wants
    /// them, and never its own deletions.
    private func isGiven(_ message: Message) -> Bool {
        if message.kind == .deletion, message.sender.bridge == port.name { return false }
        return options.automatic || !message.isAutomatic
    }

    // MARK: - Acknowledgements

    /// Moves the stored cursors past the messages that the program has done with.
    func acknowledgeDone() async throws {
        let done = pending.withLock { $0.removeDone() }
        if done.isEmpty { return }
        await process.wakeWriters()
        // All are moved at once, so that they are kept in one transaction.
        try await withThrowingDiscardingTaskGroup { group in
            for stretch in done {
                for (delivery, remote) in stretch.named {
                    group.addTask { try await delivery.acknowledge(as: remote) }
                }
                group.addTask { try await stretch.delivery.acknowledge() }
            }
        }
    }
}
