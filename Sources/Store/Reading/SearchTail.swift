import MessageBus

/// An index in memory of the messages that the full-text index does not hold yet.
///
/// It makes a message searchable as soon as it is stored. Confined to the thread of its reader,
/// which `StoreReader` checks.
final class SearchTail {
    private let database: Database
    private let insert: Statement
    private let find: Statement
    private let tokens = SearchTokens()
    private var words: [UInt8] = []
    /// Number of the last message in it; it begins where the full-text index ends.
    private var through: MessageNumber = 0
    private(set) var count = 0
    /// Bytes of the texts in it.
    private(set) var bytes = 0

    /// The most messages it holds, the newest; the full-text index soon catches up.
    private static let maxMessages = 20_000
    /// The most bytes of text it holds; FTS5 takes about as much memory for them.
    static let maxBytes = 16 << 20

    /// Makes an empty one.
    init() throws(StoreError) {
        database = try Database(":memory:", .memory)
        try database.execute(Schema.words)
        insert = try Statement(
            database, "INSERT INTO words (rowid, text, room) VALUES (?1, ?2, ?3)")
        find = try Statement(
            database,
            """
            SELECT rowid FROM words WHERE words MATCH ?1 AND rowid > ?2
            ORDER BY rowid DESC LIMIT ?3
            """)
    }

    /// Adds the messages stored since the last call.
    ///
    /// - Parameter indexed: number of the last message in the full-text index.
    func update(from messages: StoredMessages, after indexed: MessageNumber) throws(StoreError) {
        if indexed >= through { try reset(after: indexed) }
        let newest = try messages.database.number("SELECT max(number) FROM messages") ?? 0
        guard MessageNumber(column: newest) > through else { return }
        var start = through
        let isTooMuch =
            try startOfNewest(
                in: messages, after: through, atMost: Self.maxMessages - count,
                bytes: Self.maxBytes - bytes) != nil
        if isTooMuch {
            // Too much: keep only half, so that not every search from now on starts over.
            try reset(after: indexed)
            start =
                try startOfNewest(
                    in: messages, after: indexed, atMost: Self.maxMessages / 2,
                    bytes: Self.maxBytes / 2) ?? indexed
        }
        try insertMessages(messages, after: start)
        through = MessageNumber(column: newest)
    }

    private func reset(after indexed: MessageNumber) throws(StoreError) {
        try database.execute("INSERT INTO words (words) VALUES ('delete-all')")
        (count, bytes, through) = (0, 0, indexed)
    }

    /// Returns the number after which no more messages follow than may be held; `nil` if all after
    /// `number` fit.
    private func startOfNewest(
        in messages: StoredMessages, after number: MessageNumber, atMost most: Int, bytes: Int
    ) throws(StoreError) -> MessageNumber? {
        let rows = try messages.statement(
            """
            SELECT number, text FROM messages WHERE number > ?1 AND kind IN (0, 4)
            ORDER BY number DESC
            """)
        defer { rows.reset() }
        rows.bind(1, number)
        var (count, sum) = (0, 0)
        while try rows.step() {
            count += 1
            unsafe sum += rows.bytes(1).count
            if count > most || sum > bytes { return rows.number(0) }
        }
        return nil
    }

    private func insertMessages(_ messages: StoredMessages, after start: MessageNumber)
        throws(StoreError)
    {
        let rows = try messages.statement(
            """
            SELECT number, text, 'r' || room FROM messages WHERE number > ?1 AND kind IN (0, 4)
            ORDER BY number
            """)
        rows.bind(1, start)
        defer { rows.reset() }
        try database.transaction { () throws(StoreError) in
            while try rows.step() {
                insert.bind(1, rows.integer(0))
                unsafe tokens.write(rows.bytes(1), to: &words)
                try insert.bind(2, bytes: words, asText: true)
                try unsafe insert.bind(3, staying: rows.bytes(2))
                try insert.run()
                count += 1
                unsafe bytes += rows.bytes(1).count
            }
        }
    }

    /// Returns the numbers of the newest messages that match, the newest first.
    func numbers(
        matching expression: String, after indexed: MessageNumber, atMost count: Int
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
