import MessageBus
import TimeUnits

/// The full-text index, brought up to date a few messages at a time when the store is idle.
///
/// Confined to the store's thread.
final class SearchIndex {
    /// Number of the last indexed message; `nil` until it is read from the file.
    private(set) var indexed: Int64?
    /// Number of the newest message known to be in the file.
    private var newest: Int64 = 0
    /// Time since which some message is not indexed; `nil` if none is.
    private var behindSince: MonotonicTime?
    /// Time when messages were last stored.
    private var lastStored = MonotonicTime.distantPast
    /// Time before which nothing is tried after a failure.
    private var retryTime = MonotonicTime.distantPast

    /// The time without a new message after which the store counts as idle.
    private static let idle: Duration = .milliseconds(20)
    /// The time that the index may lag before it is updated although the store is busy.
    private static let timeout: Duration = .seconds(15)
    /// The time until the next attempt after a failure.
    private static let pause: Duration = .seconds(5)
    /// Messages in a transaction: about four milliseconds of work, and four times as many when the
    /// store is idle.
    ///
    /// Larger is cheaper, because each transaction adds a segment to the index that is merged with
    /// others later.
    private static let busyStep: Int64 = 1_024
    private static let idleStep: Int64 = 4_096

    /// Reads the state of the index from a file that was just opened.
    func load(_ connection: WriteConnection, at now: MonotonicTime) throws(StoreError) {
        indexed =
            try connection.database.number("SELECT value FROM meta WHERE key = 'indexed'") ?? 0
        newest = try connection.database.number("SELECT max(number) FROM messages") ?? 0
        behindSince = newest > indexed ?? 0 ? now : nil
    }

    /// Records that messages were stored.
    func recordStored(through number: MessageNumber, at now: MonotonicTime) {
        guard number > 0 else { return }
        newest = max(newest, number.column)
        lastStored = now
        if behindSince == nil { behindSince = now }
    }

    /// Time of the next step; `nil` if the index is up to date.
    var due: MonotonicTime? {
        // After a failure the state is read again, even if no message comes meanwhile.
        if indexed == nil { return retryTime }
        guard let behindSince else { return nil }
        return max(retryTime, min(lastStored + Self.idle, behindSince + Self.timeout))
    }

    /// Indexes some more messages.
    func advance(_ connection: WriteConnection, at now: MonotonicTime) throws(StoreError) {
        connection.assertOwned()
        guard let start = indexed else { return try load(connection, at: now) }
        let next = try connection.statement(
            """
            SELECT max(number) FROM
                (SELECT number FROM messages WHERE number > ?1 ORDER BY number LIMIT ?2)
            """)
        next.bind(1, start)
        next.bind(2, now - lastStored < Self.idle ? Self.busyStep : Self.idleStep)
        let end = try next.step() && !next.isNull(0) ? next.integer(0) : start
        next.reset()
        if end > start {
            try connection.backgroundTransaction { () throws(StoreError) in
                let insertion = try connection.statement(
                    """
                    INSERT INTO words (rowid, text, room)
                    SELECT number, search_words(text), 'r' || room FROM messages
                    WHERE number > ?1 AND number <= ?2 AND kind IN (0, 4) ORDER BY number
                    """)
                insertion.bind(1, start)
                insertion.bind(2, end)
                try insertion.run()
                try connection.set("indexed", end)
            }
        }
        indexed = end
        if end >= newest || end == start { behindSince = nil }
    }

    /// Puts the next step off after a failure.
    func postpone(at now: MonotonicTime) {
        retryTime = now + Self.pause
        indexed = nil
    }

    /// Replaces a damaged index by an empty one.
    func rebuild(_ connection: WriteConnection, at now: MonotonicTime) throws(StoreError) {
        try connection.backgroundTransaction { () throws(StoreError) in
            try connection.database.execute("DROP TABLE words")
            try connection.database.execute(Schema.words)
            try connection.set("indexed", 0)
        }
        try load(connection, at: now)
    }
}
