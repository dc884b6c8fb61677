import MessageBus

/// Deletes what is too old, a few messages at a time.
///
/// Confined to the store's thread. What a durable reader is not done with stays: of one that was
/// seen since the start in any case; of another, if its bridge is one of bridge.json, in the first hour
/// and if it was used within the time that messages are kept, at least a week. So a bridge that is off for a while loses
/// nothing, and a chat that was taken out of the file does not hold its room for ever.
final class Retention {
    private let history: Duration
    private let bridges: Set<String>
    /// When all who read have been seen, in monotonic nanoseconds.
    private let settled: Int64
    /// Who has asked for a cursor or moved one since the start.
    private var readers: Set<DurableReader> = []
    /// Of those the ones of which that is to be written down.
    private var unnoted: Set<DurableReader> = []
    /// When it was last written down of all of them.
    private var noted: Int64 = 0
    /// When to look again, in monotonic nanoseconds.
    private(set) var due: Int64 = 0

    /// Nanoseconds between two looks when nothing is left to delete.
    private static let pause: Int64 = 30_000_000_000
    /// Nanoseconds between two steps, so that commits and readers have their turn.
    private static let breath: Int64 = 5_000_000
    /// Messages of a room deleted in one step: about two milliseconds.
    private static let stride: Int64 = 200
    /// Nanoseconds until it is written down again that a cursor is in use.
    private static let notePause: Int64 = 3_600_000_000_000
    /// Nanoseconds after the start in which all bridges should have asked for their cursors, also
    /// after the daemon was off for longer than messages are kept.
    private static let patience: Int64 = 3_600_000_000_000
    /// Milliseconds that the cursor of who was not seen since the start holds at the least.
    private static let shortestHold: Int64 = 7 * 86_400_000
    /// Messages from the future in a row that are looked past: about ten milliseconds.
    private static let sight: Int64 = 10_000
    /// Milliseconds that what was dropped is kept.
    private static let droppedFor: Int64 = 86_400_000
    /// Dropped messages that are kept at the most.
    private static let mostDropped: Int64 = 100_000

    /// - Parameter start: when the process began, in monotonic nanoseconds.
    init(history: Duration, bridges: Set<String>, start: Int64) {
        settled = start + Self.patience
        self.history = history
        self.bridges = bridges
    }

    /// Notes that somebody reads with a cursor.
    func note(_ reader: DurableReader) {
        guard readers.insert(reader).inserted else { return }
        unnoted.insert(reader)
        due = 0
    }

    /// Rests after a failure.
    func fail(at now: Int64) { due = now + Self.pause }

    /// Deletes a little.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - indexed: up to which number the words of messages are in the index.
    func advance(
        _ writeConnection: WriteConnection, at now: Int64, time: Int64, indexed: Int64
    ) throws(StoreError) {
        let cutoff = time - Int64(history / .milliseconds(1))
        try noteUse(writeConnection, at: now, time: time)
        let hold =
            now < settled
            ? 0 : time - max(Self.shortestHold, Int64(history / .milliseconds(1)))
        var hasMore = false
        for (room, last) in try places(writeConnection, behind: indexed, holding: hold) {
            let place = Old(
                room: room, first: 0, last: last, cutoff: cutoff, present: time, count: 0)
            guard let old = try old(writeConnection, within: place) else { continue }
            try delete(old, in: writeConnection)
            hasMore = hasMore || old.count == Self.stride
        }
        if try deleteDropped(writeConnection, before: time - Self.droppedFor) { hasMore = true }
        if try deleteLinksOfDropped(writeConnection, before: min(cutoff, time - Self.droppedFor)) {
            hasMore = true
        }
        due = now + (hasMore ? Self.breath : Self.pause)
    }

    /// Writes down whose cursors are in use: at once of new ones, then once an hour.
    private func noteUse(_ writeConnection: WriteConnection, at now: Int64, time: Int64)
        throws(StoreError)
    {
        if now - noted >= Self.notePause { (unnoted, noted) = (readers, now) }
        if unnoted.isEmpty { return }
        try writeConnection.backgroundTransaction { () throws(StoreError) in
            try writeConnection.use(unnoted, at: time)
        }
        unnoted = []
    }

    /// The rooms, and in each the number up to which nobody needs the messages any more.
    ///
    /// - Parameter since: when the cursor of who was not seen must have been used, to hold.
    private func places(
        _ writeConnection: WriteConnection, behind indexed: Int64, holding since: Int64
    ) throws(StoreError) -> [(room: Int64, last: Int64)] {
        var last: [Int64: Int64] = [:]
        let rooms = try writeConnection.statement("SELECT id FROM rooms")
        while try rooms.step() { last[rooms.integer(0)] = indexed }
        let cursors = try writeConnection.statement(
            """
            SELECT room, number, bridge, channel, rooms.name, used
            FROM cursors JOIN rooms ON rooms.id = cursors.room
            """)
        while try cursors.step() {
            let bridge = cursors.text(2) ?? ""
            let reader = DurableReader(
                .init(bridge: bridge, name: cursors.text(3)), room: cursors.text(4) ?? "")
            guard
                readers.contains(reader)
                    || bridges.contains(bridge) && cursors.integer(5) >= since
            else { continue }
            let room = cursors.integer(0)
            last[room] = min(last[room] ?? 0, cursors.integer(1))
        }
        return last.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Messages that are to go: those of a room between two numbers, unless they are too new.
    private struct Old {
        let room: Int64
        let first: Int64
        let last: Int64
        let cutoff: Int64
        /// What is later than that says nothing: clocks have been wrong.
        let present: Int64
        let count: Int64
    }

    /// The oldest messages of a room that are to go.
    ///
    /// A message from the future is as old as the next one behind it that is not.
    private func old(_ writeConnection: WriteConnection, within place: Old) throws(StoreError)
        -> Old?
    {
        let statement = try writeConnection.statement(
            """
            SELECT min(number), max(number) FILTER (WHERE time < ?4), count(*), max(number),
                min(time) > ?5
            FROM (SELECT number, time FROM messages WHERE room = ?1 AND number <= ?2
                ORDER BY number LIMIT ?3)
            """)
        defer { statement.reset() }
        statement.bind(1, place.room)
        statement.bind(2, place.last)
        statement.bind(3, Self.stride)
        statement.bind(4, place.cutoff)
        statement.bind(5, place.present)
        guard try statement.step(), statement.integer(2) > 0 else { return nil }
        var last = statement.integer(1)
        if statement.integer(4) != 0 {
            // Nothing here tells how old it is.
            guard try isOld(writeConnection, behind: statement.integer(3), within: place) else {
                return nil
            }
            last = statement.integer(3)
        }
        guard last > 0 else { return nil }
        return Old(
            room: place.room, first: statement.integer(0), last: last, cutoff: place.cutoff,
            present: place.present, count: statement.integer(2))
    }

    /// Whether the next message behind a number that is not from the future is to go.
    private func isOld(
        _ writeConnection: WriteConnection, behind number: Int64, within place: Old
    ) throws(StoreError) -> Bool {
        let statement = try writeConnection.statement(
            """
            SELECT time FROM (SELECT number, time FROM messages
                WHERE room = ?1 AND number > ?2 AND number <= ?3 ORDER BY number LIMIT ?4)
            WHERE time <= ?5 ORDER BY number LIMIT 1
            """)
        defer { statement.reset() }
        statement.bind(1, place.room)
        statement.bind(2, number)
        statement.bind(3, place.last)
        statement.bind(4, Self.sight)
        statement.bind(5, place.present)
        return try statement.step() && statement.integer(0) < place.cutoff
    }

    private func delete(_ old: Old, in writeConnection: WriteConnection) throws(StoreError) {
        let these = "WHERE room = ?1 AND number BETWEEN ?2 AND ?3 AND (time < ?4 OR time > ?5)"
        // The index has no texts of its own: it is told what to forget. In one statement: at the
        // beginning of each FTS5 writes what it has in memory (200 statements: 9 ms, this: 2).
        var statements = [
            """
            INSERT INTO words (words, rowid, text, room)
            SELECT 'delete', number, search_words(text), 'r' || room FROM messages \(these) AND kind IN (0, 4)
            """
        ]
        for table in ["links", "attempts", "verdicts"] {
            statements.append(
                "DELETE FROM \(table) WHERE number IN (SELECT number FROM messages \(these))")
        }
        statements.append("DELETE FROM messages \(these)")
        try writeConnection.backgroundTransaction { () throws(StoreError) in
            for text in statements {
                let statement = try writeConnection.statement(text)
                statement.bind(1, old.room)
                statement.bind(2, old.first)
                statement.bind(3, old.last)
                statement.bind(4, old.cutoff)
                statement.bind(5, old.present)
                try statement.run()
            }
        }
    }

    /// Whether there may be more.
    private func deleteDropped(
        _ writeConnection: WriteConnection, before time: Int64
    ) throws(StoreError) -> Bool {
        let statement = try writeConnection.statement(
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
        try writeConnection.backgroundTransaction { () throws(StoreError) in
            for number in numbers {
                for table in ["dropped", "verdicts"] {
                    let statement = try writeConnection.statement(
                        "DELETE FROM \(table) WHERE number = ?1")
                    statement.bind(1, number)
                    try statement.run()
                }
            }
        }
        return numbers.count == Self.stride
    }

    /// Deletes what messages that were dropped are called elsewhere; returns whether there may be
    /// more.
    ///
    /// The oldest links are looked at, of which those of messages go with these.
    private func deleteLinksOfDropped(
        _ writeConnection: WriteConnection, before time: Int64
    ) throws(StoreError) -> Bool {
        let statement = try writeConnection.statement(
            """
            SELECT row FROM (SELECT rowid AS row, number, time FROM links ORDER BY rowid LIMIT ?1)
                AS links
            WHERE time < ?2
                AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.number = links.number)
            """)
        statement.bind(1, Self.stride)
        statement.bind(2, time)
        var rows: [Int64] = []
        while try statement.step() { rows.append(statement.integer(0)) }
        if rows.isEmpty { return false }
        try writeConnection.backgroundTransaction { () throws(StoreError) in
            for row in rows {
                let statement = try writeConnection.statement("DELETE FROM links WHERE rowid = ?1")
                statement.bind(1, row)
                try statement.run()
            }
        }
        return rows.count == Self.stride
    }
}
