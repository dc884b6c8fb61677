import Glibc
import MessageBus
import TimeUnits

/// A store opened for reading by the command line, also while a daemon writes it.
///
/// Owned by one holder at a time. The file is neither created nor changed.
package final class Archive {
    private let path: String
    private let stored: StoredMessages
    private var tail: SearchTail?
    private var version: Int64 = -1

    /// Opens a store's file.
    ///
    /// - Throws: `StoreError` if there is none, if it is newer than this program, or if it is not a
    ///   store.
    package convenience init(_ path: String) throws(StoreError) {
        try self.init(path, clock: StoppedClock())
    }

    private init(_ path: String, clock: any TimeSource) throws(StoreError) {
        self.path = path
        guard FileIdentity(of: path) != nil else {
            throw StoreError(
                path,
                errno == ENOENT
                    ? "there is no such file: nothing has been kept here yet"
                    : "it can't be opened: \(StoreError.words(for: errno))")
        }
        let database = try Database(path, .read)
        let version = try Schema.check(database)
        if version == 0 {
            throw StoreError(path, "it is empty: nothing has been kept here yet")
        }
        stored = StoredMessages(
            database, version: version, fold: { $0 }, clock: clock)
    }

    /// Returns true if a message was ever stored in a room of this name.
    package func has(room: String) throws(StoreError) -> Bool {
        try stored.id(ofRoom: room) != nil
    }

    /// Returns true if something may have been stored since the last call.
    ///
    /// Costs next to nothing; true for the first call.
    package func hasChanged() throws(StoreError) -> Bool {
        let statement = try stored.statement("PRAGMA data_version")
        defer { statement.reset() }
        let present = try statement.step() ? statement.integer(0) : 0
        defer { version = present }
        return present != version
    }

    /// Returns the number of the newest message, 0 if there is none.
    package func newestNumber() throws(StoreError) -> MessageNumber {
        MessageNumber(column: try stored.database.number("SELECT max(number) FROM messages") ?? 0)
    }

    /// Returns the store's name, which it has once a bridge has asked for it; `nil` before.
    package func storeID() throws(StoreError) -> String? {
        let statement = try stored.statement(
            "SELECT state FROM checkpoints WHERE bridge = '' AND source = 'id'")
        defer { statement.reset() }
        return try unsafe statement.step()
            ? String(decoding: statement.bytes(0), as: UTF8.self) : nil
    }

    /// Returns the last texts, the oldest first.
    ///
    /// - Parameters:
    ///   - room: the room; `nil` for all rooms.
    ///   - time: the oldest time allowed, by `Message.time`.
    package func history(
        in room: String? = nil, last count: Int, since time: Timestamp? = nil
    ) throws(StoreError) -> [Message] {
        let (condition, id) = try condition(on: room)
        if room != nil, id == nil { return [] }
        // By number, which rises with the time of arrival: what arrived too early was said too
        // early, and is not read.
        let isRecent = time == nil ? "" : " AND \(stored.timeSaid) >= ?4"
        let statement = try stored.statement(
            """
            SELECT \(stored.columns) FROM messages
            WHERE kind IN (0, 4) AND number > ?2\(condition)\(isRecent)
            ORDER BY number DESC LIMIT ?3
            """)
        if let id { statement.bind(1, id) }
        statement.bind(2, try time.map(number) ?? 0)
        statement.bind(3, Int64(count))
        if let time { statement.bind(4, time.milliseconds) }
        return try stored.messages(of: statement).reversed()
    }

    /// Returns the texts after a number, the oldest first, for `--follow`.
    package func messages(
        after number: MessageNumber, in room: String? = nil, atMost count: Int = 1_000
    ) throws(StoreError) -> [Message] {
        let (condition, id) = try condition(on: room)
        if room != nil, id == nil { return [] }
        let statement = try stored.statement(
            """
            SELECT \(stored.columns) FROM messages
            WHERE kind IN (0, 4) AND number > ?2\(condition) ORDER BY number LIMIT ?3
            """)
        if let id { statement.bind(1, id) }
        statement.bind(2, number)
        statement.bind(3, Int64(count))
        return try stored.messages(of: statement)
    }

    /// Returns the newest texts that contain all the words, the oldest first.
    ///
    /// - Parameter time: the oldest time allowed, by `Message.time`.
    package func search(
        _ words: SearchWords, in room: String? = nil, last count: Int, since time: Timestamp? = nil
    ) throws(StoreError) -> [Message] {
        let tail: SearchTail
        if let known = self.tail { tail = known } else { tail = try SearchTail() }
        self.tail = tail
        guard let time else {
            return try stored.search(words, in: room, atMost: count, tail: tail)
        }
        // What arrived before was said before.
        let early = try number(before: time)
        var most = count
        while true {
            let found = try stored.search(words, in: room, atMost: most, tail: tail)
            let recent = found.filter { $0.time >= time }
            let isAll = found.count < most || found.first.map { $0.number <= early } ?? true
            if isAll || recent.count >= count { return recent.suffix(count) }
            // Among these are messages that came long after they were said.
            most *= 2
        }
    }

    /// Returns everything that is known about a number; `nil` if nothing is.
    package func report(on number: MessageNumber) throws(StoreError) -> MessageReport? {
        try MessageReport(number, in: stored)
    }

    /// Returns how many texts after a number were dropped, of those that are remembered: drops are
    /// kept for a day.
    package func droppedCount(
        after number: MessageNumber, in room: String? = nil
    ) throws(StoreError) -> Int {
        let (condition, id) = try condition(on: room)
        if room != nil, id == nil { return 0 }
        let statement = try stored.statement(
            "SELECT count(*) FROM dropped WHERE kind IN (0, 4) AND number > ?2\(condition)")
        defer { statement.reset() }
        if let id { statement.bind(1, id) }
        statement.bind(2, number)
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    private func condition(on room: String?) throws(StoreError) -> (String, Int64?) {
        guard let room else { return ("", nil) }
        return (" AND room = ?1", try stored.id(ofRoom: room))
    }

    /// Returns the number of the last message that arrived before a time, by binary search: times
    /// of arrival rise with numbers.
    package func number(before time: Timestamp) throws(StoreError) -> MessageNumber {
        let row = try stored.statement(
            "SELECT number, time FROM messages WHERE number >= ?1 ORDER BY number LIMIT 1")
        var low: MessageNumber = 0
        var high = try newestNumber() + 1
        while low < high {
            let middle = low + (high - low) / 2
            row.bind(1, middle)
            let isLater = try !row.step() || row.time(1) >= time
            let found = row.number(0)
            row.reset()
            if isLater { high = middle } else { low = max(middle, found) + 1 }
        }
        return low == 0 ? 0 : low - 1
    }
}
