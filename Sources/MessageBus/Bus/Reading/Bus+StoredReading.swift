// Readers that read on from the store where a room's log has let messages go.
extension Bus {
    /// The most messages of a room to read from the store at once.
    private static var maxAtOnce: Int { 256 }

    /// Returns the next messages that the room's log has let go, as the reader's chain leaves them.
    ///
    /// The result may be empty before the end; `nil` if the store can't be read, so that the reader
    /// has to skip the messages.
    func storedMessages(for cursor: Cursor) async -> [Message]? {
        let log = cursor.room.log
        let start = log.start
        let seen = storeSignal.count
        guard isStoreCurrent, let first = log.messages(from: start, atMost: 1).first else {
            return nil
        }
        let end = first.number - 1
        let through = min(store.committed, end)
        guard through == end || through > cursor.lastNumber else {
            await waitForStore(since: seen, evenWhenEnding: true)
            return []
        }
        var run = StoredRun([], isComplete: true)
        if through > cursor.lastNumber {
            let found = try? await store.messages(
                in: cursor.room.name, after: cursor.lastNumber, through: through,
                atMost: Self.maxAtOnce)
            guard let found else { return nil }
            run = found
        }
        if cursor.isCancelled { return [] }
        let last = run.isComplete ? through : run.messages.last?.number ?? through
        return cursor.readStored(run.messages, through: last, to: last == end ? start : nil)
    }
}
