import Chat
import MessageBus
import Sockets

// What has to wait for the store: reading from who brings more than it takes, and lines that a reader
// comes too late for.
extension ChatConnection {
    /// StopRequests reading until the store keeps up again.
    func hold() {
        isHeld = true
        updateInterest()
        server.waitsForStore(self)
    }

    /// Goes on with what had to wait for the store.
    func storeHasMoved() {
        guard !isClosed else { return }
        bus.assumeIsolated { bus in
            if isHeld {
                isHeld = bus.isLagging
                if isHeld { server.waitsForStore(self) }
                updateInterest()
            }
            if output.cursor?.catchUp != nil { owes() }
        }
    }

    /// Bytes that the store is asked for at once, about: who reads a little and then nothing more
    /// holds them.
    private static let replayBytes = 32 << 10

    /// Asks the store for what the room no longer has, up to a place that the transcript has.
    func fetch(_ bus: isolated Bus) {
        guard !isFetching, let catchUp = output.cursor?.catchUp,
            let transcript = output.cursor?.transcript
        else { return }
        guard bus.canCarryOn else {
            output.abandonStore()
            return owes()
        }
        if let last = output.cursor?.lastNumber, catchUp.number >= last {
            let nothing = EncodedPage(
                skipping: 0, longest: transcript.longestLine, encoder: server.encoder)
            output.carryOn(nothing, through: last, skipNotice: server.skipNotice)
            return owes()
        }
        guard let through = last(for: transcript, bus), through > catchUp.number else {
            return server.waitsForStore(self)
        }
        isFetching = true
        let (store, room, count) = (bus.store, roomReaders.room.name, replayCount)
        Task(executorPreference: bus.tasks) { [self, bus = server.port.bus] in
            let found = try? await store.messages(
                in: room, after: catchUp.number, through: through, atMost: count)
            await bus.perform { _ in carryOn(found, from: catchUp, through: through) }
        }
    }

    /// Up to which number the store is asked: to where reading ends, or to a place that the
    /// transcript has and will have for some time; `nil` if the store is not so far.
    private func last(for transcript: Transcript, _ bus: isolated Bus) -> UInt64? {
        let committed = bus.store.committed
        if let last = output.cursor?.lastNumber, last <= committed { return last }
        return transcript.mark(upTo: committed)?.number
    }

    private func carryOn(_ found: StoredRun?, from catchUp: StoreCatchUp, through number: UInt64) {
        isFetching = false
        // It may have changed rooms, or be gone.
        guard !isClosed, output.cursor?.catchUp == catchUp,
            let transcript = output.cursor?.transcript
        else { return owes() }
        guard let found else {
            output.abandonStore()
            return owes()
        }
        var lines = EncodedPage(
            skipping: catchUp.linesSent, longest: transcript.longestLine, encoder: server.encoder)
        for message in found.messages {
            let isOwn = output.cursor?.isOwn(message.number) ?? false
            lines.append(message, isShown: server.options.echo || !isOwn)
        }
        if !lines.bytes.isEmpty {
            replayCount = Self.replayBytes * found.messages.count / lines.bytes.count
            replayCount = min(max(1, replayCount), 256)
        }
        let last = found.isComplete ? nil : found.messages.last
        output.carryOn(lines, through: last?.number ?? number, skipNotice: server.skipNotice)
        owes()
    }
}
