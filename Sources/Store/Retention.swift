import MessageBus

/// Deletes what is too old, a few messages at a time.
///
/// Confined to the store's thread. What a durable reader of bridge.json is not done with stays.
final class Retention {
    private let history: Duration
    private let bridges: Set<String>
    /// When to look again, in monotonic nanoseconds.
    private(set) var due: Int64 = 0

    /// Nanoseconds between two looks when nothing is left to delete.
    private static let pause: Int64 = 30_000_000_000
    /// Nanoseconds between two steps, so that commits and readers have their turn.
    private static let breath: Int64 = 20_000_000
    /// Messages of a room deleted in one step: about two milliseconds.
    private static let stride: Int64 = 200
    /// Milliseconds that what was dropped is kept.
    private static let droppedFor: Int64 = 86_400_000
    /// Dropped messages that are kept at the most.
    private static let mostDropped: Int64 = 100_000

    init(history: Duration, bridges: Set<String>) {
        self.history = history
        self.bridges = bridges
    }

    /// Looks again at once.
    func begin() { due = 0 }

    /// Rests after a failure.
    func fail(at now: Int64) { due = now + Self.pause }

    /// Deletes a little.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - indexed: up to which number the words of messages are in the index.
    func advance(
        _ ledger: Ledger, at now: Int64, time: Int64, indexed: Int64
    ) throws(StoreError) {
        let cutoff = time - Int64(history / .milliseconds(1))
        var hasMore = false
        for (room, last) in try places(ledger, behind: indexed) {
            let numbers = try old(ledger, in: room, before: cutoff, through: last)
            if numbers.isEmpty { continue }
            try delete(numbers, in: ledger)
            hasMore = hasMore || numbers.count == Self.stride
        }
        if try deleteDropped(ledger, before: time - Self.droppedFor) { hasMore = true }
        due = now + (hasMore ? Self.breath : Self.pause)
    }

    /// The rooms, and in each the number up to which nobody needs the messages any more.
    private func places(
        _ ledger: Ledger, behind indexed: Int64
    ) throws(StoreError) -> [(room: Int64, last: Int64)] {
        var last: [Int64: Int64] = [:]
        let rooms = try ledger.statement("SELECT id FROM rooms")
        while try rooms.step() { last[rooms.integer(0)] = indexed }
        let cursors = try ledger.statement("SELECT room, number, bridge FROM cursors")
        while try cursors.step() {
            guard bridges.contains(cursors.text(2) ?? "") else { continue }
            let room = cursors.integer(0)
            last[room] = min(last[room] ?? 0, cursors.integer(1))
        }
        return last.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The oldest messages of a room that are to go.
    private func old(
        _ ledger: Ledger, in room: Int64, before cutoff: Int64, through last: Int64
    ) throws(StoreError) -> [Int64] {
        let statement = try ledger.statement(
            """
            SELECT number FROM
                (SELECT number, time FROM messages WHERE room = ?1 AND number <= ?2
                 ORDER BY number LIMIT ?3)
            WHERE time < ?4
            """)
        statement.bind(1, room)
        statement.bind(2, last)
        statement.bind(3, Self.stride)
        statement.bind(4, cutoff)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        return numbers
    }

    private func delete(_ numbers: [Int64], in ledger: Ledger) throws(StoreError) {
        try ledger.backgroundTransaction { () throws(StoreError) in
            // The index has no texts of its own: it is told what to forget.
            let words = try ledger.statement(
                """
                INSERT INTO words (words, rowid, text, room)
                SELECT 'delete', number, text, 'r' || room FROM messages
                WHERE number = ?1 AND kind IN (0, 4)
                """)
            let tables = ["messages", "links", "attempts", "verdicts"]
            for number in numbers {
                words.bind(1, number)
                try words.run()
                for table in tables {
                    let statement = try ledger.statement(
                        "DELETE FROM \(table) WHERE number = ?1")
                    statement.bind(1, number)
                    try statement.run()
                }
            }
        }
    }

    /// Whether there may be more.
    private func deleteDropped(
        _ ledger: Ledger, before time: Int64
    ) throws(StoreError) -> Bool {
        let statement = try ledger.statement(
            """
            SELECT number FROM (SELECT number, time FROM dropped ORDER BY number LIMIT ?1)
            WHERE time < ?2 OR (SELECT count(*) FROM dropped) > ?3
            """)
        statement.bind(1, Self.stride)
        statement.bind(2, time)
        statement.bind(3, Self.mostDropped)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        if numbers.isEmpty { return false }
        try ledger.backgroundTransaction { () throws(StoreError) in
            for number in numbers {
                for table in ["dropped", "verdicts"] {
                    let statement = try ledger.statement(
                        "DELETE FROM \(table) WHERE number = ?1")
                    statement.bind(1, number)
                    try statement.run()
                }
            }
        }
        return numbers.count == Self.stride
    }
}
