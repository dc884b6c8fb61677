import MessageBus
import TimeUnits

/// The deletion of messages that are too old, a few at a time.
///
/// Confined to the store's thread. Messages that a durable reader has not finished with stay. A
/// reader seen since the start always counts. Another one counts if its bridge is in bridge.json
/// and either the start is less than an hour ago or its cursor was used within the time that
/// messages are kept, a week at least. So a bridge that is off for a while loses nothing, and a
/// chat that was removed from the file does not hold its room for ever.
final class Retention {
    private let history: Duration
    private let bridges: Set<String>
    /// Is called with a room and the number up to which its messages were just deleted.
    var onExpiry: (_ room: String, _ number: MessageNumber) -> Void = { _, _ in }
    /// Time by which every active reader has been seen.
    private let startGraceEnd: MonotonicTime
    /// Readers that have asked for or moved their cursor since the start.
    private var readers: Set<DurableReader> = []
    /// Those of `readers` whose use is not written to the file yet.
    private var unrecorded: Set<DurableReader> = []
    /// Time when the use of all readers was last written.
    private var lastRecorded = MonotonicTime.distantPast
    /// Time of the next step.
    private(set) var due = MonotonicTime.distantPast

    /// The time between two steps when nothing is left to delete.
    private static let pause: Duration = .seconds(30)
    /// The time between two steps otherwise, so that commits and readers get their turn.
    private static let stepPause: Duration = .milliseconds(5)
    /// Messages of a room deleted in one step: about two milliseconds of work.
    private static let stepSize: Int64 = 200
    /// The time until the use of a cursor is written again.
    private static let recordPause: Duration = .seconds(3_600)
    /// The time after the start within which all bridges should have asked for their cursors,
    /// even if the daemon was off for longer than messages are kept.
    private static let startGrace: Duration = .seconds(3_600)
    /// The least time for which a cursor not seen since the start protects messages.
    private static let minHold = Duration.seconds(7 * 86_400)
    /// Messages from the future in a row that are skipped: about ten milliseconds of work.
    private static let maxFutureMessages: Int64 = 10_000
    /// The time for which dropped messages are remembered.
    private static let droppedFor = Duration.seconds(86_400)
    /// The most dropped messages that are remembered.
    private static let maxDropped: Int64 = 100_000

    /// Makes the deletion of expired messages for one run of the daemon.
    ///
    /// - Parameter start: start of the process.
    init(history: Duration, bridges: Set<String>, start: MonotonicTime) {
        startGraceEnd = start + Self.startGrace
        self.history = history
        self.bridges = bridges
    }

    /// Records that a durable reader is in use.
    func recordReader(_ reader: DurableReader) {
        guard readers.insert(reader).inserted else { return }
        unrecorded.insert(reader)
        due = .distantPast
    }

    /// Puts the next step off after a failure.
    func postpone(at now: MonotonicTime) { due = now + Self.pause }

    /// Does one step: deletes a few messages.
    ///
    /// - Parameters:
    ///   - time: the present moment of the wall clock.
    ///   - indexed: number of the last message whose words are in the index.
    func advance(
        _ connection: WriteConnection, at now: MonotonicTime, time: Timestamp, indexed: Int64
    ) throws(StoreError) {
        connection.assertOwned()
        let cutoff = time - history
        try recordUse(connection, at: now, time: time)
        let hold =
            now < startGraceEnd ? .epoch : time - max(Self.minHold, history)
        var hasMore = false
        for (room, name, last) in try deletableEnds(connection, behind: indexed, holding: hold) {
            let limits = ExpiredMessages(
                room: room, first: 0, last: last, cutoff: cutoff, present: time, count: 0)
            guard let expired = try expired(connection, within: limits) else { continue }
            try delete(expired, in: connection)
            onExpiry(name, MessageNumber(rawValue: UInt64(expired.last)))
            hasMore = hasMore || expired.count == Self.stepSize
        }
        if try deleteDropped(connection, before: time - Self.droppedFor) { hasMore = true }
        if try deleteLinksOfDropped(connection, before: min(cutoff, time - Self.droppedFor)) {
            hasMore = true
        }
        due = now + (hasMore ? Self.stepPause : Self.pause)
    }

    /// Writes down which cursors are in use: at once for new ones, then once an hour.
    private func recordUse(_ connection: WriteConnection, at now: MonotonicTime, time: Timestamp)
        throws(StoreError)
    {
        if now - lastRecorded >= Self.recordPause { (unrecorded, lastRecorded) = (readers, now) }
        if unrecorded.isEmpty { return }
        try connection.backgroundTransaction { () throws(StoreError) in
            try connection.recordUse(unrecorded, at: time)
        }
        unrecorded = []
    }

    /// Returns each room with the number up to which no reader needs its messages any more.
    ///
    /// - Parameter since: time since which the cursor of an unseen reader must have been used to
    ///   protect messages.
    private func deletableEnds(
        _ connection: WriteConnection, behind indexed: Int64, holding since: Timestamp
    ) throws(StoreError) -> [(room: Int64, name: String, last: Int64)] {
        var last: [Int64: Int64] = [:]
        var names: [Int64: String] = [:]
        let rooms = try connection.statement("SELECT id, name FROM rooms")
        while try rooms.step() {
            last[rooms.integer(0)] = indexed
            names[rooms.integer(0)] = rooms.text(1)
        }
        let cursors = try connection.statement(
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
                    || bridges.contains(bridge) && cursors.time(5) >= since
            else { continue }
            let room = cursors.integer(0)
            last[room] = min(last[room] ?? 0, cursors.integer(1))
        }
        return last.sorted { $0.key < $1.key }.map { ($0.key, names[$0.key] ?? "", $0.value) }
    }

    /// A range of a room's messages to delete, except those in it that are too new.
    private struct ExpiredMessages {
        let room: Int64
        let first: Int64
        let last: Int64
        let cutoff: Timestamp
        /// The present; a later time stamp proves nothing, because clocks have been wrong.
        let present: Timestamp
        let count: Int64
    }

    /// Returns the oldest messages of a room that are to be deleted.
    ///
    /// A message from the future counts as being as old as the next one that is not.
    private func expired(_ connection: WriteConnection, within limits: ExpiredMessages)
        throws(StoreError)
        -> ExpiredMessages?
    {
        let statement = try connection.statement(
            """
            SELECT min(number), max(number) FILTER (WHERE time < ?4), count(*), max(number),
                min(time) > ?5
            FROM (SELECT number, time FROM messages WHERE room = ?1 AND number <= ?2
                ORDER BY number LIMIT ?3)
            """)
        defer { statement.reset() }
        statement.bind(1, limits.room)
        statement.bind(2, limits.last)
        statement.bind(3, Self.stepSize)
        statement.bind(4, limits.cutoff)
        statement.bind(5, limits.present)
        guard try statement.step(), statement.integer(2) > 0 else { return nil }
        var last = statement.integer(1)
        if statement.integer(4) != 0 {
            // None of these messages tells its age.
            guard try isExpired(connection, behind: statement.integer(3), within: limits) else {
                return nil
            }
            last = statement.integer(3)
        }
        guard last > 0 else { return nil }
        return ExpiredMessages(
            room: limits.room, first: statement.integer(0), last: last, cutoff: limits.cutoff,
            present: limits.present, count: statement.integer(2))
    }

    /// Returns true if the next message after a number that is not from the future is expired.
    private func isExpired(
        _ connection: WriteConnection, behind number: Int64, within limits: ExpiredMessages
    ) throws(StoreError) -> Bool {
        let statement = try connection.statement(
            """
            SELECT time FROM (SELECT number, time FROM messages
                WHERE room = ?1 AND number > ?2 AND number <= ?3 ORDER BY number LIMIT ?4)
            WHERE time <= ?5 ORDER BY number LIMIT 1
            """)
        defer { statement.reset() }
        statement.bind(1, limits.room)
        statement.bind(2, number)
        statement.bind(3, limits.last)
        statement.bind(4, Self.maxFutureMessages)
        statement.bind(5, limits.present)
        return try statement.step() && statement.time(0) < limits.cutoff
    }

    private func delete(_ expired: ExpiredMessages, in connection: WriteConnection)
        throws(StoreError)
    {
        let condition = "WHERE room = ?1 AND number BETWEEN ?2 AND ?3 AND (time < ?4 OR time > ?5)"
        // The index stores no texts: it must be given the words to remove. In one statement,
        // because FTS5 flushes its memory at the start of each (200 statements: 9 ms, this: 2).
        var statements = [
            """
            INSERT INTO words (words, rowid, text, room)
            SELECT 'delete', number, search_words(text), 'r' || room FROM messages \(condition) AND kind IN (0, 4)
            """
        ]
        for table in ["links", "attempts", "verdicts"] {
            statements.append(
                """
                DELETE FROM \(table) WHERE number IN (SELECT number FROM messages \(condition))
                \(table == "links" ? "AND channel NOT LIKE 'session:%'" : "")
                """)
        }
        statements.append("DELETE FROM messages \(condition)")
        statements.append(
            """
            UPDATE rooms SET removed = max(removed, ?3)
            WHERE id = ?1 AND ?2 <= ?3 AND ?4 IS NOT NULL AND ?5 IS NOT NULL
            """)
        try connection.backgroundTransaction { () throws(StoreError) in
            for text in statements {
                let statement = try connection.statement(text)
                statement.bind(1, expired.room)
                statement.bind(2, expired.first)
                statement.bind(3, expired.last)
                statement.bind(4, expired.cutoff)
                statement.bind(5, expired.present)
                try statement.run()
            }
        }
    }

    /// Deletes dropped messages that are too old or too many; returns true if there may be more.
    private func deleteDropped(
        _ connection: WriteConnection, before time: Timestamp
    ) throws(StoreError) -> Bool {
        let statement = try connection.statement(
            """
            SELECT number FROM (SELECT number, time FROM dropped ORDER BY number LIMIT ?1)
            WHERE time < ?2 OR (SELECT count(*) FROM dropped) > ?3
            """)
        statement.bind(1, Self.stepSize)
        statement.bind(2, time)
        statement.bind(3, Self.maxDropped)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        if numbers.isEmpty { return false }
        try connection.backgroundTransaction { () throws(StoreError) in
            for number in numbers {
                for table in ["dropped", "verdicts"] {
                    let statement = try connection.statement(
                        "DELETE FROM \(table) WHERE number = ?1")
                    statement.bind(1, number)
                    try statement.run()
                }
            }
        }
        return numbers.count == Self.stepSize
    }

    /// Deletes the remote ids of dropped messages, and of what sessions have said; returns true if
    /// there may be more.
    ///
    /// Looks at the oldest links only. Links of messages that exist are deleted with the message.
    private func deleteLinksOfDropped(
        _ connection: WriteConnection, before time: Timestamp
    ) throws(StoreError) -> Bool {
        let statement = try connection.statement(
            """
            SELECT row FROM (SELECT rowid AS row, number, time FROM links ORDER BY rowid LIMIT ?1)
                AS links
            WHERE time < ?2
                AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.number = links.number)
            """)
        statement.bind(1, Self.stepSize)
        statement.bind(2, time)
        var rows: [Int64] = []
        while try statement.step() { rows.append(statement.integer(0)) }
        if rows.isEmpty { return false }
        try connection.backgroundTransaction { () throws(StoreError) in
            for row in rows {
                let statement = try connection.statement("DELETE FROM links WHERE rowid = ?1")
                statement.bind(1, row)
                try statement.run()
            }
        }
        return rows.count == Self.stepSize
    }
}
