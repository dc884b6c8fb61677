import Chat
import MessageBus
import Sockets

// Waiting for the store: when it lags, the client is not read; and lines that the transcript no
// longer has are fetched from it.
extension ChatConnection {
    /// Stops reading until the store keeps up again.
    func pauseForStore() {
        isPausedForStore = true
        updateInterest()
        server.awaitStore(for: self)
    }

    /// Goes on with reading or sending that had to wait for the store.
    func continueAfterStore() {
        guard !isClosed else { return }
        bus.assumeIsolated { bus in
            if isPausedForStore {
                isPausedForStore = bus.isLagging
                if isPausedForStore { server.awaitStore(for: self) }
                updateInterest()
            }
            if output.cursor?.catchUp != nil { scheduleSend() }
        }
    }

    /// Approximate bytes that the store is asked for at once: they stay in memory if a client reads
    /// a little and then stops.
    private static let replayBytes = 32 << 10

    /// Asks the store for lines that the transcript no longer has, up to a place that the
    /// transcript has.
    func fetchFromStore(_ bus: isolated Bus) {
        guard !isFetching, let catchUp = output.cursor?.catchUp,
            let transcript = output.cursor?.transcript
        else { return }
        guard bus.isStoreCurrent else {
            output.abandonStore()
            return scheduleSend()
        }
        if let last = output.cursor?.lastNumber, catchUp.number >= last {
            let nothing = EncodedPage(longest: transcript.maxLineBytes)
            output.appendStored(nothing, through: last, skipNotice: server.skipNotice)
            return scheduleSend()
        }
        guard let through = last(for: transcript, bus), through > catchUp.number else {
            return server.awaitStore(for: self)
        }
        isFetching = true
        let (store, room, count) = (bus.store, roomReaders.room.name, replayCount)
        Task(executorPreference: bus.tasks) { [self, bus = server.port.bus] in
            let found = try? await store.messages(
                in: room, after: catchUp.number, through: through, atMost: count)
            await bus.perform { _ in deliverStored(found, from: catchUp, through: through) }
        }
    }

    /// Returns the last number to ask the store for: that of the end of reading, or of a place that
    /// the transcript has and will keep for some time; `nil` if the store has not got that far.
    private func last(for transcript: Transcript, _ bus: isolated Bus) -> MessageNumber? {
        let committed = bus.store.committed
        if let last = output.cursor?.lastNumber, last <= committed { return last }
        return transcript.mark(upTo: committed)?.number
    }

    private func deliverStored(
        _ found: StoredRun?, from catchUp: StoreCatchUp, through number: MessageNumber
    ) {
        isFetching = false
        // The client may have changed rooms, or be gone.
        guard !isClosed, output.cursor?.catchUp == catchUp,
            let transcript = output.cursor?.transcript
        else { return scheduleSend() }
        guard let found else {
            output.abandonStore()
            return scheduleSend()
        }
        var lines = EncodedPage(skipping: catchUp.linesSent, longest: transcript.maxLineBytes)
        for message in found.messages {
            let isOwn = output.cursor?.isOwn(message.number) ?? false
            lines.append(message, isShown: server.options.echo || !isOwn, as: server.encoder)
        }
        if !lines.bytes.isEmpty {
            replayCount = Self.replayBytes * found.messages.count / lines.bytes.count
            replayCount = min(max(1, replayCount), 256)
        }
        let last = found.isComplete ? nil : found.messages.last
        output.appendStored(lines, through: last?.number ?? number, skipNotice: server.skipNotice)
        scheduleSend()
    }
}
