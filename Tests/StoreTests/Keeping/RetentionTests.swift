import MessageBus
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct RetentionTests {
    private let folder = StoreFolder()
    private static let day: Int64 = 86_400_000

    /// Deletes messages older than ten days on the hundredth day, step by step to the end.
    private func clean(
        days: Int = 10, bridges: Set<String> = [], readers: [DurableReader] = [],
        at time: Int64 = 100 * day, afterStart: Duration = .seconds(3_600)
    ) throws {
        try folder.finishIndex()
        let connection = try WriteConnection(folder.file)
        let retention = Retention(
            history: .seconds(days * 86_400), bridges: bridges,
            start: MonotonicTime.start - afterStart)
        for reader in readers { retention.recordReader(reader) }
        let indexed = try connection.database.number(
            "SELECT value FROM meta WHERE key = 'indexed'")
        repeat {
            try retention.advance(
                connection, at: .start, time: Timestamp(milliseconds: time), indexed: indexed ?? 0)
        } while retention.due < .after(.seconds(1))
    }

    private func texts() throws -> [String] {
        let database = try Database(folder.file, .read)
        let statement = try Statement(database, "SELECT text FROM messages ORDER BY number")
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0) ?? "") }
        return texts
    }

    @Test func `old messages go with all that belongs to them`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: Self.day)
        let first = try await store.keep(
            (0..<1_000).map { "viejo \($0)" }, time: Self.day)
        try await store.keep(["antes"], in: "logs", time: 80 * Self.day)
        try await store.keep(["nuevo"], time: 95 * Self.day)
        let reader = DurableReader(.init(bridge: "telegram"), room: "general")
        try await store.advance(reader, to: first, links: [Link(number: first, remoteID: "9")])
        try await store.recordFailure("no", to: first, of: reader)
        await store.close()
        try clean()
        #expect(try texts() == ["nuevo"])
        let database = try Database(folder.file, .read)
        for table in ["links", "attempts", "verdicts"] {
            #expect(try database.number("SELECT count(*) FROM \(table)") == 0)
        }
        for words in ["viejo", "antes"] {
            #expect(
                try database.number("SELECT count(*) FROM words WHERE words MATCH '\(words)'") == 0)
        }
        #expect(try database.number("SELECT count(*) FROM words WHERE words MATCH 'nuevo'") == 1)
    }

    @Test func `it tells how far the messages of a room are gone`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: Self.day)
        let first = try await store.keep((0..<500).map { "viejo \($0)" }, time: Self.day)
        try await store.keep(["antes"], in: "logs", time: 95 * Self.day)
        await store.close()
        try folder.finishIndex()
        let connection = try WriteConnection(folder.file)
        let retention = Retention(history: .seconds(10 * 86_400), bridges: [], start: .start)
        var told: [String: [MessageNumber]] = [:]
        retention.onExpiry = { told[$0, default: []].append($1) }
        repeat {
            try retention.advance(
                connection, at: .start, time: Timestamp(milliseconds: 100 * Self.day),
                indexed: .max)
        } while retention.due < .after(.seconds(1))
        #expect(told == ["general": [first + 199, first + 399, first + 499]])
        let status = StoreStatus()
        for number in told["general"] ?? [] { status.recordExpiry(of: "general", through: number) }
        status.recordExpiry(of: "general", through: first)
        #expect(status.expired == ["general": first + 499])
    }

    @Test func `that a message was dropped is known as long as messages are kept`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: 50 * Self.day)
        let channel = DurableReader.Channel(bridge: "telegram", name: "-1").dropped
        let kept = store.enqueue(
            BridgeProgress(
                bridge: "telegram", checkpoints: [],
                links: [(channel, Link(number: 77, remoteID: "-1/5"))]))
        store.endTurn()
        try await kept.wait()
        #expect(try await store.numbers(of: "-1/5", in: channel) == [77])
        await store.close()
        func count() throws -> Int64? {
            try Database(folder.file, .read).number("SELECT count(*) FROM links")
        }
        try clean(days: 60)
        #expect(try count() == 1)
        try clean(days: 0, at: 50 * Self.day + 1_000)
        #expect(try count() == 1)
        try clean(days: 10)
        #expect(try count() == 0)
    }

    @Test func `messages that a durable reader still needs stay`() async throws {
        // Kept for longer than they are old: the store's own retention runs beside this.
        var options = SQLiteStore.Options.quick
        options.history = .seconds(1_000 * 86_400)
        let store = try SQLiteStore.open(folder.file, options, wall: 95 * Self.day)
        let first = try await store.keep(["a", "b", "c", "d"], time: Self.day)
        try await store.keep(["e"], in: "logs", time: Self.day)
        let room = DurableReader(.init(bridge: "telegram", name: "-1"), room: "general")
        let other = DurableReader(.init(bridge: "telegram", name: "-2"), room: "general")
        let gone = DurableReader(.init(bridge: "gone"), room: "general")
        try await store.advance(room, to: first + 1, links: [])
        try await store.advance(other, to: first + 2, links: [])
        try await store.advance(gone, to: 0, links: [])
        await store.close()
        try clean(days: 0, bridges: ["telegram"])
        #expect(try texts() == ["c", "d"])
        // A bridge that is no longer in bridge.json protects nothing.
        try clean(days: 0)
        #expect(try texts() == [])
    }

    @Test func `a cursor that nobody uses holds for a week or as long as messages`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: 90 * Self.day)
        let first = try await store.keep(["a", "b"], time: Self.day)
        let reader = DurableReader(.init(bridge: "telegram", name: "-1"), room: "general")
        try await store.advance(reader, to: first, links: [])
        await store.close()
        try clean(bridges: ["telegram"])
        #expect(try texts() == ["b"])
        try clean(days: 0, bridges: ["telegram"], at: 97 * Self.day)
        #expect(try texts() == ["b"])
        // A reader in use protects messages, and its use is recorded for the next time.
        try clean(days: 0, readers: [reader])
        #expect(try texts() == ["b"])
        try clean(days: 0, bridges: ["telegram"], at: 107 * Self.day)
        #expect(try texts() == ["b"])
        // After the daemon was off for long, its bridges have time to ask.
        try clean(
            days: 0, bridges: ["telegram"], at: 200 * Self.day, afterStart: .seconds(3_599))
        #expect(try texts() == ["b"])
        try clean(days: 0, bridges: ["telegram"], at: 107 * Self.day + 1)
        #expect(try texts() == [])
    }

    @Test func `a cursor that is asked for holds`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: Self.day)
        let first = try await store.keep(["a", "b"], time: Self.day)
        let reader = DurableReader(.init(bridge: "telegram", name: "-1"), room: "general")
        try await store.advance(reader, to: first, links: [])
        await store.close()
        var options = SQLiteStore.Options.quick
        options.bridges = ["telegram"]
        let again = try SQLiteStore.open(folder.file, options, wall: 100 * Self.day)
        #expect(try await again.cursor(of: reader) == first)
        try await pollUntil { try await again.message(numbered: first) == nil }
        let database = try Database(folder.file, .read)
        try await pollUntil { try database.number("SELECT used FROM cursors") == 100 * Self.day }
        #expect(try await again.message(numbered: first + 1) != nil)
        await again.close()
    }

    @Test func `messages from the future go with the old ones behind them`() async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep((0..<500).map { "futuro \($0)" }, time: 900 * Self.day)
        try await store.keep(["viejo"], time: Self.day)
        try await store.keep(["después"], time: 900 * Self.day)
        try await store.keep(["nuevo"], time: 95 * Self.day)
        try await store.keep((0..<500).map { "allí \($0)" }, in: "logs", time: 900 * Self.day)
        await store.close()
        try clean()
        #expect(try texts().prefix(2) == ["después", "nuevo"])
        // The age of these is unknown.
        #expect(try texts().count == 502)
    }

    @Test func `dropped messages are forgotten after a day, or if there are too many`() async throws
    {
        let store = try SQLiteStore.open(folder.file)
        for (text, time) in [("a", 98 * Self.day), ("b", 100 * Self.day - 1_000)] {
            let batch = Batch.make([
                .make(text, number: store.reserve(1), time: Timestamp(milliseconds: time))
            ])
            batch.drop(0, Drop(code: "dropped", reason: text))
            store.enqueue(batch, isOwed: false)
            store.endTurn()
        }
        await store.close()
        try clean()
        let database = try Database(folder.file, .write)
        #expect(try database.number("SELECT count(*) FROM dropped") == 1)
        #expect(try database.number("SELECT count(*) FROM verdicts") == 1)
        try database.execute(
            """
            INSERT INTO dropped
            SELECT value + 1000, 1, 0, \(100 * Self.day), 'a', 'b', 1, NULL, NULL FROM \(Self.series)
            """)
        try clean()
        #expect(try database.number("SELECT count(*) FROM dropped") ?? 0 <= 100_000)
    }

    @Test func `the index is looked up anew after a failure though nobody speaks`() async throws {
        try await SQLiteStore.open(folder.file).close()
        let connection = try WriteConnection(folder.file)
        let index = SearchIndex()
        try index.load(connection, at: .start)
        #expect(index.due == nil)
        index.postpone(at: .after(.nanoseconds(100)))
        let due = try #require(index.due)
        try index.advance(connection, at: due)
        #expect(index.indexed == 0)
        #expect(index.due == nil)
    }

    private static let series = """
        (WITH RECURSIVE numbers(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers
        WHERE value < 100100) SELECT value FROM numbers)
        """

    @Test func `the store does it by itself`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: Self.day)
        try await store.keep(["viejo"], time: Self.day)
        await store.close()
        let again = try SQLiteStore.open(folder.file, wall: 100 * Self.day)
        try await pollUntil {
            try await again.texts(in: "general", before: .max, atMost: 1).isEmpty
        }
        await again.close()
    }
}
