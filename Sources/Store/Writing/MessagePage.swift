import MessageBus

/// Messages of any rooms on their way from the bus's loop to the store's thread.
///
/// Confined to one thread at a time: the one that took it under the write queue's lock.
final class MessagePage: @unchecked Sendable {  // handed from thread to thread under a lock
    /// Messages a page holds.
    static let capacity = 2_048
    /// Bytes of text it holds before it needs more memory.
    static let bytes = 256 << 10

    let arena = MessageArena(capacity: capacity, bytes: bytes)
    /// Which messages are whose, in a row.
    private(set) var runs: [(room: String, end: Int)] = []

    /// Whether nothing is in it.
    var isEmpty: Bool { arena.count == 0 }
    /// Messages in it.
    var count: Int { arena.count }
    /// Bytes that count towards the backlog.
    var weight: Int { arena.storage.count + arena.count * Self.recordWeight }
    /// Bytes of a message beside its text.
    static let recordWeight = 48

    /// Adds what passed of an arena from an index on, as much as fits; returns the first index left.
    func append(_ other: MessageArena, from start: Int) -> Int {
        let next = arena.append(passedOf: other, from: start)
        note(other.room)
        if next == start, isEmpty { return appendLarge(other, start) }
        return next
    }

    /// Adds a message whose text is larger than a page.
    private func appendLarge(_ other: MessageArena, _ index: Int) -> Int {
        let header = other.all[index]
        if !header.flags.contains(.dropped) {
            arena.append(
                header, copying: other.text(header), sender: other.sender(of: header),
                details: other.details(of: header))
            note(other.room)
        }
        return index + 1
    }

    /// Adds all of another page, if there is room for it.
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

    private func note(_ room: String) {
        guard arena.count > (runs.last?.end ?? 0) else { return }
        if runs.last?.room == room { runs.removeLast() }
        runs.append((room, arena.count))
    }

    /// Empties it for the next use.
    func removeAll() {
        arena.removeAll()
        arena.shrink(to: Self.bytes)
        runs.removeAll(keepingCapacity: true)
    }
}
