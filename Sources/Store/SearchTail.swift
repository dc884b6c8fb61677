/// The words of what was said since the full-text index was last brought up to date, in memory.
///
/// So that what was said a moment ago is found. Confined to the thread of its reader.
final class SearchTail {
    private let database: Database
    private let insert: Statement
    private let find: Statement
    /// What is in it: all that was said up to here, from the index's end on.
    private var through: UInt64 = 0
    private var count = 0

    /// Messages it holds, the newest: more are indexed before long.
    private static let bound = 20_000

    /// Makes an empty one.
    init() throws(StoreError) {
        database = try Database(":memory:", .memory)
        try database.execute(
            """
            CREATE VIRTUAL TABLE words USING fts5(text, room, content = '', columnsize = 0,
                tokenize = 'unicode61 remove_diacritics 2')
            """)
        insert = try Statement(
            database, "INSERT INTO words (rowid, text, room) VALUES (?1, ?2, ?3)")
        find = try Statement(
            database,
            """
            SELECT rowid FROM words WHERE words MATCH ?1 AND rowid > ?2
            ORDER BY rowid DESC LIMIT ?3
            """)
    }

    /// Takes in what was said since the last time.
    ///
    /// - Parameter indexed: what is in the index, and so need not be here.
    func update(from messages: StoredMessages, after indexed: UInt64) throws(StoreError) {
        if indexed >= through || count > Self.bound {
            try database.execute("INSERT INTO words (words) VALUES ('delete-all')")
            count = 0
            through = indexed
        }
        let newest = try messages.database.number("SELECT max(number) FROM messages") ?? 0
        guard UInt64(clamping: newest) > through else { return }
        let rows = try messages.statement(
            """
            SELECT number, text, 'r' || room FROM messages WHERE number > max(?1, ifnull(
                (SELECT number FROM messages ORDER BY number DESC LIMIT 1 OFFSET ?2), 0))
                AND kind IN (0, 4) ORDER BY number
            """)
        rows.bind(1, through)
        rows.bind(2, Int64(Self.bound))
        defer { rows.reset() }
        try database.transaction { () throws(StoreError) in
            while try rows.step() {
                insert.bind(1, rows.integer(0))
                try insert.bind(2, staying: rows.bytes(1))
                try insert.bind(3, staying: rows.bytes(2))
                try insert.run()
                count += 1
            }
        }
        through = UInt64(clamping: newest)
    }

    /// The newest messages that match, the newest first.
    func numbers(
        matching expression: String, after indexed: UInt64, atMost count: Int
    ) throws(StoreError) -> [Int64] {
        defer { find.reset() }
        try find.bind(1, expression)
        find.bind(2, indexed)
        find.bind(3, Int64(count))
        var numbers: [Int64] = []
        while try find.step() { numbers.append(find.integer(0)) }
        return numbers
    }
}
