import MessageBus

/// Messages of any rooms, on their way from the bus's loop to the store's thread.
///
/// Owned by one holder at a time: the thread that took it under the queue's lock.
final class MessagePage: @unchecked Sendable {  // handed from thread to thread under a lock
    /// The most messages in a page.
    static let capacity = 2_048
    /// Bytes of text that fit before it needs more memory.
    static let bytes = 256 << 10

    let arena = MessageArena(capacity: capacity, bytes: bytes)
    /// Consecutive messages of one room, each run with the index after its last.
    private(set) var runs: [(room: String, end: Int)] = []

    /// True if the page has no messages.
    var isEmpty: Bool { arena.count == 0 }
    /// Number of messages in the page.
    var count: Int { arena.count }
    /// Bytes that count towards the backlog.
    var weight: Int { arena.storage.count + arena.count * Self.headerWeight }
    /// Bytes of a message beside its text.
    static let headerWeight = 48

    /// Adds the messages of an arena that passed, from an index on, as many as fit; returns the
    /// first index left.
    func append(_ other: MessageArena, from start: Int) -> Int {
        let next = arena.append(passedOf: other, from: start)
        extendRuns(with: other.room)
        if next == start, isEmpty { return appendLarge(other, start) }
        return next
    }

    /// Adds a message whose text is larger than a page.
    private func appendLarge(_ other: MessageArena, _ index: Int) -> Int {
        let header = other[index]
        if !header.flags.contains(.dropped) {
            unsafe arena.append(
                header, copying: other.text(header), sender: other.sender(of: header),
                details: other.details(of: header))
            extendRuns(with: other.room)
        }
        return index + 1
    }

    /// Adds all messages of another page; returns false if they don't fit.
    func append(_ other: MessagePage) -> Bool {
        guard arena.count + other.count <= arena.capacity,
            arena.storage.count + other.arena.storage.count <= arena.storage.capacity
        else { return false }
        let start = arena.count
        _ = arena.append(passedOf: other.arena, from: 0)
        for run in other.runs {
            if runs.last?.room == run.room { runs.removeLast() }
            runs.append((run.room, start + run.end))
        }
        return true
    }

    private func extendRuns(with room: String) {
        guard arena.count > (runs.last?.end ?? 0) else { return }
        if runs.last?.room == room { runs.removeLast() }
        runs.append((room, arena.count))
    }

    /// Empties the page for reuse.
    func removeAll() {
        arena.removeAll()
        arena.shrink(to: Self.bytes)
        runs.removeAll(keepingCapacity: true)
    }
}
