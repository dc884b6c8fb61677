import MessageBus
import Sockets
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct SearchTests {
    private let folder = StoreFolder()
    private let log = LogRecorder()

    private static let texts = [
        "El camión rojo está aquí", "un CAMION verde", "rojo camión", "nada",
        "C++ AND (rojo) NOT \"verde\" NEAR text:room", "camioneta roja",
    ]

    /// Searches for texts.
    private func find(_ store: SQLiteStore, _ words: String, in room: String = "general")
        async throws -> [String]
    {
        let words = try #require(SearchWords(words))
        return try await store.search(words, in: room, atMost: 10).map(\.text)
    }

    /// Opens a store whose index is up to date.
    private func indexed() async throws -> SQLiteStore {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(Self.texts)
        await store.close()
        try folder.finishIndex()
        let database = try Database(folder.file, .read)
        #expect(
            try database.number("SELECT value FROM meta WHERE key = 'indexed'")
                == database.number("SELECT max(number) FROM messages"))
        return try SQLiteStore.open(folder.file)
    }

    @Test(arguments: [
        ("camion", ["El camión rojo está aquí", "un CAMION verde", "rojo camión"]),
        ("ROJO camión", ["El camión rojo está aquí", "rojo camión"]),
        ("\"rojo camión\"", ["rojo camión"]),
        ("\"camion rojo\"", ["El camión rojo está aquí"]),
        (
            "camion*",
            ["El camión rojo está aquí", "un CAMION verde", "rojo camión", "camioneta roja"]
        ),
        ("rojo AND verde", ["C++ AND (rojo) NOT \"verde\" NEAR text:room"]),
        ("text:room", ["C++ AND (rojo) NOT \"verde\" NEAR text:room"]),
        ("NOT", ["C++ AND (rojo) NOT \"verde\" NEAR text:room"]),
        ("room:r1", []), ("r1", []), ("amarillo", []), ("rojo ^ - ' ; --", []),
    ])
    func `words are found whatever their case and accents`(words: String, texts: [String])
        async throws
    {
        let store = try await indexed()
        let found = try await find(store, words)
        #expect(found == texts || texts.isEmpty && words.contains("^"))
        await store.close()
    }

    /// Searches for each sample in a room of its own; returns the wrong results.
    private func wrong(_ store: SQLiteStore) async throws -> [String] {
        var wrong: [String] = []
        for (index, sample) in SearchSamples.all.enumerated() {
            let found = try await find(store, sample.words, in: "r\(index)")
            if found != (sample.isFound ? [sample.text] : []) { wrong.append(sample.description) }
        }
        return wrong
    }

    @Test func `in the index and before it the same is found as in a room's log`() async throws {
        let store = try SQLiteStore.open(folder.file)
        for (index, sample) in SearchSamples.all.enumerated() {
            try await store.keep([sample.text], in: "r\(index)")
        }
        #expect(try await wrong(store) == [])
        await store.close()
        let again = try SQLiteStore.open(folder.file)
        #expect(try await wrong(again) == [])
        await again.close()
    }

    @Test func `an index in an older format is rebuilt`() async throws {
        let store = try SQLiteStore.open(folder.file)
        for (index, sample) in SearchSamples.all.enumerated() {
            try await store.keep([sample.text], in: "r\(index)")
        }
        await store.close()
        do {
            let database = try Database(folder.file, .write)
            try database.execute(
                """
                \(Schema.withoutAccounts)
                DROP TABLE words;
                CREATE VIRTUAL TABLE words USING fts5(text, room, content = '', columnsize = 0,
                    tokenize = 'unicode61 remove_diacritics 2');
                INSERT INTO words (rowid, text, room)
                    SELECT number, text, 'r' || room FROM messages ORDER BY number;
                DROP VIEW log;
                CREATE VIEW log AS SELECT 1;
                DROP TABLE origins;
                ALTER TABLE messages DROP COLUMN origin;
                PRAGMA user_version = 2;
                """)
        }
        let upgraded = try SQLiteStore.open(folder.file)
        await upgraded.close()
        try folder.finishIndex()
        let again = try SQLiteStore.open(folder.file)
        #expect(try await wrong(again) == [])
        await again.close()
        // The index also works with plain sqlite3.
        let database = try Database(folder.file, .read)
        #expect(
            try database.number("SELECT count(*) FROM words WHERE words MATCH 'strasse'") == 2)
        #expect(
            try database.number("SELECT value FROM meta WHERE key = 'indexed'")
                == database.number("SELECT max(number) FROM messages"))
    }

    @Test func `a message just stored is found, in its room only`() async throws {
        let store = try await indexed()
        for index in 0..<30 {
            try await store.keep(["tren \(index)"], in: index % 3 == 0 ? "logs" : "general")
            #expect(
                try await find(store, "tren \(index)", in: "logs").count == (index % 3 == 0 ? 1 : 0)
            )
        }
        #expect(try await find(store, "tren").count == 10)
        #expect(try await find(store, "tren", in: "logs").last == "tren 27")
        #expect(try await find(store, "camioneta") == ["camioneta roja"])
        #expect(try await find(store, "tren", in: "nowhere") == [])
        await store.close()
    }

    @Test func `the newest come, the oldest of them first`() async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep((0..<100).map { "palabra \($0)" })
        await store.close()
        try folder.finishIndex()
        let again = try SQLiteStore.open(folder.file)
        try await again.keep(["palabra 100", "palabra 101"])
        #expect(try await find(again, "palabra") == (92...101).map { "palabra \($0)" })
        await again.close()
    }

    @Test func `messages not indexed yet take bounded memory`() throws {
        let connection = try WriteConnection(folder.file)
        try connection.database.execute("INSERT INTO rooms (name) VALUES ('general')")
        // Five times the limit, in two steps.
        let size = 256 << 10
        func say(_ numbers: ClosedRange<Int>) throws {
            for number in numbers {
                try connection.database.execute(
                    """
                    INSERT INTO messages (number, room, kind, time, sender, bridge, text) VALUES
                    (\(number), 1, 0, 0, 'a', 'b', 'tren ' || hex(zeroblob(\(size / 2))))
                    """)
            }
        }
        let stored = StoredMessages(connection.database, fold: { $0 }, clock: StoppedClock())
        let tail = try SearchTail()
        let most = SearchTail.maxBytes / size
        func found() throws -> [Int64] {
            try tail.update(from: stored, after: 0)
            #expect(tail.bytes <= SearchTail.maxBytes)
            return try tail.numbers(matching: "tren", after: 0, atMost: 1_000)
        }
        try say(1...most - 2)
        #expect(try found() == (1...Int64(most - 2)).reversed())
        try say(most - 1...4 * most)
        let newest = try found()
        #expect(newest.first == Int64(4 * most))
        #expect(newest.count >= most / 2 - 1)
        try say(4 * most + 1...4 * most + 2)
        #expect(try found() == [Int64(4 * most + 2), Int64(4 * most + 1)] + newest)
    }

    @Test func `joins are not found`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let number = store.reserve(2)
        store.enqueue(
            Batch.make([
                .make("entra", kind: .join, number: number),
                .make("entra", kind: .edit, number: number + 1),
            ]), isOwed: false)
        store.endTurn()
        _ = try await store.checkpoints(of: "")
        #expect(try await find(store, "entra").count == 1)
        await store.close()
        let again = try SQLiteStore.open(folder.file)
        #expect(try await find(again, "entra").count == 1)
        await again.close()
    }

    @Test func `a damaged index keeps no message from being stored and is rebuilt`() async throws {
        try await indexed().close()
        let database = try Database(folder.file, .write)
        try database.execute("UPDATE words_data SET block = x'0102030405' WHERE id > 10")
        let store = try SQLiteStore.open(folder.file, log: log.log)
        await #expect(throws: StoreError.self) { try await find(store, "camioneta") }
        try await store.keep(["otro"])
        _ = await log.first {
            $0.sentence.hasSuffix("the index of words is damaged; it is rebuilt")
        }
        #expect(try await find(store, "camioneta") == ["camioneta roja"])
        #expect(try await find(store, "otro") == ["otro"])
        await store.close()
    }
}
