import MessageBus

/// Brings the full-text index up to date, a few messages at a time, when the store has nothing else
/// to do.
///
/// Confined to the store's thread.
final class SearchIndex {
    /// The number up to which everything is indexed; `nil`: not looked up yet.
    private(set) var indexed: Int64?
    /// The number of the newest message in the file, as far as is known.
    private var newest: Int64 = 0
    /// Since when something is not indexed, in monotonic nanoseconds.
    private var isBehindSince: Int64?
    /// When messages were last stored.
    private var stored: Int64 = 0
    /// Not before, because it failed.
    private var rest: Int64 = 0

    /// Nanoseconds without a new message after which the store counts as idle.
    private static let idle: Int64 = 20_000_000
    /// Nanoseconds the index may be behind before it is worked at although the store is busy.
    private static let patience: Int64 = 15_000_000_000
    /// Nanoseconds until it is tried again after a failure.
    private static let pause: Int64 = 5_000_000_000
    /// Messages in a transaction: about four milliseconds, and four times as many when nobody waits,
    /// because each begins a part of the index of its own, that is merged with others later.
    private static let stride: Int64 = 1_024
    private static let longStride: Int64 = 4_096

    /// Looks up how far it is, with a file that was just opened.
    func begin(_ writeConnection: WriteConnection, at now: Int64) throws(StoreError) {
        indexed =
            try writeConnection.database.number("SELECT value FROM meta WHERE key = 'indexed'") ?? 0
        newest = try writeConnection.database.number("SELECT max(number) FROM messages") ?? 0
        isBehindSince = newest > indexed ?? 0 ? now : nil
    }

    /// Notes that messages were stored.
    func note(through number: UInt64, at now: Int64) {
        guard number > 0 else { return }
        newest = max(newest, Int64(clamping: number))
        stored = now
        if isBehindSince == nil { isBehindSince = now }
    }

    /// When there is something to do; `nil`: nothing is.
    var due: Int64? {
        // After a failure it is looked up anew, also if nothing is said meanwhile.
        if indexed == nil { return rest }
        guard let isBehindSince else { return nil }
        return max(rest, min(stored + Self.idle, isBehindSince + Self.patience))
    }

    /// Indexes some more messages.
    func advance(_ writeConnection: WriteConnection, at now: Int64) throws(StoreError) {
        guard let start = indexed else { return try begin(writeConnection, at: now) }
        let next = try writeConnection.statement(
            """
            SELECT max(number) FROM
                (SELECT number FROM messages WHERE number > ?1 ORDER BY number LIMIT ?2)
            """)
        next.bind(1, start)
        next.bind(2, now - stored < Self.idle ? Self.stride : Self.longStride)
        let end = try next.step() && !next.isNull(0) ? next.integer(0) : start
        next.reset()
        if end > start {
            try writeConnection.backgroundTransaction { () throws(StoreError) in
                let add = try writeConnection.statement(
                    """
                    INSERT INTO words (rowid, text, room)
                    SELECT number, search_words(text), 'r' || room FROM messages
                    WHERE number > ?1 AND number <= ?2 AND kind IN (0, 4) ORDER BY number
                    """)
                add.bind(1, start)
                add.bind(2, end)
                try add.run()
                try writeConnection.set("indexed", end)
            }
        }
        indexed = end
        if end >= newest || end == start { isBehindSince = nil }
    }

    /// Notes that it failed: it has time.
    func fail(at now: Int64) {
        rest = now + Self.pause
        indexed = nil
    }

    /// Begins the index anew, because what there is is damaged.
    func rebuild(_ writeConnection: WriteConnection, at now: Int64) throws(StoreError) {
        try writeConnection.backgroundTransaction { () throws(StoreError) in
            try writeConnection.database.execute("DROP TABLE words")
            try writeConnection.database.execute(Schema.words)
            try writeConnection.set("indexed", 0)
        }
        try begin(writeConnection, at: now)
    }
}
