import Glibc
import MessageBus

/// What a store holds, for the command line: also while a daemon writes it.
///
/// Reads only: the file is neither made nor changed. Confined to one thread at a time.
package final class Archive {
    private let path: String
    private let stored: StoredMessages
    private var tail: SearchTail?
    private var version: Int64 = -1

    /// Opens a store's file.
    ///
    /// - Throws: `StoreError` if there is none, it is newer than this program, or no store.
    package convenience init(_ path: String) throws(StoreError) {
        try self.init(path, clock: StoreClock(wall: { 0 }, monotonic: { 0 }))
    }

    private init(_ path: String, clock: StoreClock) throws(StoreError) {
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

    /// Whether a room of this name was ever spoken in.
    package func has(room: String) throws(StoreError) -> Bool {
        try stored.id(ofRoom: room) != nil
    }

    /// Whether something may have been stored since the last time this was asked.
    ///
    /// Costs next to nothing; true the first time.
    package func hasChanged() throws(StoreError) -> Bool {
        let statement = try stored.statement("PRAGMA data_version")
        defer { statement.reset() }
        let present = try statement.step() ? statement.integer(0) : 0
        defer { version = present }
        return present != version
    }

    /// The number of the newest message, 0 if there is none.
    package func newestNumber() throws(StoreError) -> UInt64 {
        UInt64(clamping: try stored.database.number("SELECT max(number) FROM messages") ?? 0)
    }

    /// The last texts, the oldest first.
    ///
    /// - Parameters:
    ///   - room: where; `nil`: anywhere.
    ///   - time: none that is older.
    package func history(
        in room: String? = nil, last count: Int, since time: Timestamp? = nil
    ) throws(StoreError) -> [Message] {
        let (condition, id) = try condition(on: room)
        if room != nil, id == nil { return [] }
        // By number, which rises with time, and stops at the first that is too old.
        let statement = try stored.statement(
            """
            SELECT \(stored.columns) FROM messages
            WHERE kind IN (0, 4) AND number > ?2\(condition) ORDER BY number DESC LIMIT ?3
            """)
        if let id { statement.bind(1, id) }
        statement.bind(2, try time.map(number) ?? 0)
        statement.bind(3, Int64(count))
        return try stored.messages(of: statement).reversed()
    }

    /// What was said after a number, the oldest first: for who follows.
    package func messages(
        after number: UInt64, in room: String? = nil, atMost count: Int = 1_000
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

    /// The newest texts that hold all the words, the oldest first.
    package func search(
        _ words: SearchWords, in room: String? = nil, last count: Int
    ) throws(StoreError) -> [Message] {
        let tail: SearchTail
        if let known = self.tail { tail = known } else { tail = try SearchTail() }
        self.tail = tail
        return try stored.search(words, in: room, atMost: count, tail: tail)
    }

    /// Everything that is known of a number; `nil` if nothing is.
    package func report(on number: UInt64) throws(StoreError) -> MessageReport? {
        try MessageReport(number, in: stored)
    }

    private func condition(on room: String?) throws(StoreError) -> (String, Int64?) {
        guard let room else { return ("", nil) }
        return (" AND room = ?1", try stored.id(ofRoom: room))
    }

    /// The number of the last message before a time: found by halving, for times rise with numbers.
    private func number(before time: Timestamp) throws(StoreError) -> UInt64 {
        let at = try stored.statement(
            "SELECT number, time FROM messages WHERE number >= ?1 ORDER BY number LIMIT 1")
        var low: UInt64 = 0
        var high = try newestNumber() + 1
        while low < high {
            let middle = low + (high - low) / 2
            at.bind(1, middle)
            let isLater = try !at.step() || at.integer(1) >= time.milliseconds
            let found = at.number(0)
            at.reset()
            if isLater { high = middle } else { low = max(middle, found) + 1 }
        }
        return low == 0 ? 0 : low - 1
    }
}
