import Glibc
import MessageBus
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct ArchiveTests {
    private let folder = StoreFolder()

    @Test func `history is read beside a daemon that writes`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = try await store.keep((0..<5).map { "t\($0)" }, time: 1_000)
        try await store.keep(["otra"], in: "logs", time: 2_000)
        let archive = try Archive(folder.file)
        #expect(try archive.hasChanged())
        #expect(try !archive.hasChanged())
        #expect(try archive.history(last: 3).map(\.text) == ["t3", "t4", "otra"])
        #expect(try archive.history(in: "general", last: 2).map(\.text) == ["t3", "t4"])
        #expect(try archive.history(in: "nowhere", last: 2).isEmpty)
        #expect(try archive.messages(after: first + 3).map(\.text) == ["t4", "otra"])
        #expect(try archive.messages(after: first + 3, in: "logs").map(\.text) == ["otra"])
        let newest = try archive.newestNumber()
        try await store.keep(["más"])
        #expect(try archive.hasChanged())
        #expect(try archive.messages(after: newest).map(\.text) == ["más"])
        let words = try #require(SearchWords("mas"))
        #expect(try archive.search(words, last: 5).map(\.text) == ["más"])
        #expect(try archive.search(words, in: "logs", last: 5).isEmpty)
        await store.close()
    }

    @Test func `a file of an older version is read as it is, and brought up to date`() async throws
    {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["viejo"], time: 1_000)
        await store.close()
        let database = try Database(folder.file, .write)
        try database.execute(
            """
            \(Schema.withoutAccounts) DROP VIEW log;
            ALTER TABLE messages DROP COLUMN said;
            ALTER TABLE messages DROP COLUMN origin; DROP TABLE origins;
            CREATE VIEW log AS SELECT number FROM messages; PRAGMA user_version = 1
            """)
        let archive = try Archive(folder.file)
        #expect(try archive.history(last: 3).map(\.text) == ["viejo"])
        #expect(try archive.report(on: archive.newestNumber())?.message?.text == "viejo")
        let again = try SQLiteStore.open(folder.file)
        try await again.keep(["nuevo"], time: 2_000)
        await again.close()
        #expect(try archive.history(last: 3).map(\.text) == ["viejo", "nuevo"])
    }

    @Test func `history since a time`() async throws {
        let store = try SQLiteStore.open(folder.file)
        for time in Int64(1)...50 { try await store.keep(["t\(time)"], time: time * 1_000) }
        await store.close()
        let archive = try Archive(folder.file)
        for time in Int64(0)...52 {
            let found = try archive.history(
                last: 100, since: Timestamp(milliseconds: time * 1_000 - 500))
            #expect(found.map(\.text) == (1...50).filter { $0 >= time }.map { "t\($0)" })
        }
    }

    @Test func `since a time counts what was said since then, whenever it arrived`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = store.reserve(12)
        let messages = (0..<12).map { index in
            let text = index == 3 ? "aguja nueva" : "aguja \(index)"
            var message = Message.make(text, number: first + index, time: 50_000)
            // All but one come when the other side can be reached again.
            if index != 3 {
                message.details = MessageDetails(
                    said: Timestamp(milliseconds: 1_000 + Int64(index)))
            }
            return message
        }
        try await store.keep(messages)
        await store.close()
        let archive = try Archive(folder.file)
        let words = try #require(SearchWords("aguja"))
        for (time, texts) in [
            (Int64(2_000), ["aguja nueva"]),
            (1_010, ["aguja nueva", "aguja 10", "aguja 11"]), (60_000, []),
        ] {
            let since = Timestamp(milliseconds: time)
            #expect(try archive.history(last: 5, since: since).map(\.text) == texts)
            #expect(try archive.search(words, last: 5, since: since).map(\.text) == texts)
        }
        let since = Timestamp(milliseconds: 1_010)
        #expect(try archive.history(last: 2, since: since).map(\.text) == ["aguja 10", "aguja 11"])
        let last = try archive.search(words, last: 1, since: Timestamp(milliseconds: 2_000))
        #expect(last.map(\.text) == ["aguja nueva"])
    }

    @Test func `everything about a message`() async throws {
        let store = try SQLiteStore.open(folder.file, wall: 9_000)
        let number = store.reserve(2)
        let batch = Batch.make([
            .make("uno", number: number, time: 5_000),
            .make("dos", number: number + 1, time: 5_000),
        ])
        batch.drop(1, Drop(code: "dropped", reason: "no"))
        store.enqueue(batch, isOwed: false)
        store.endTurn()
        let done = DurableReader(.init(bridge: "telegram", name: "-1"), room: "general")
        let waits = DurableReader(.init(bridge: "telegram", name: "-2"), room: "general")
        try await store.advance(done, to: number, links: [Link(number: number, remoteID: "77")])
        try await store.advance(waits, to: number - 1, links: [])
        try await store.recordFailure("429", to: number, of: waits)
        try await store.recordFailure("500", to: number, of: waits)
        let archive = try Archive(folder.file)
        let report = try #require(try archive.report(on: number))
        #expect(report.message?.text == "uno")
        #expect(report.deliveries.map(\.isDone) == [true, false])
        #expect(report.deliveries.map(\.remoteIDs) == [["77"], []])
        #expect(report.deliveries[0].delivered == Timestamp(milliseconds: 9_000))
        #expect(report.deliveries[1].attempts?.count == 2)
        #expect(report.deliveries[1].attempts?.answer == "500")
        let dropped = try #require(try archive.report(on: number + 1))
        #expect(dropped.message == nil)
        #expect(dropped.dropped?.sender == "ana")
        #expect(dropped.steps == [.init(name: "chat", drop: Drop(code: "dropped", reason: "no"))])
        #expect(try archive.report(on: number + 2) == nil)
        await store.close()
    }

    @Test func `a missing file is reported, and nothing is created`() throws {
        let error = #expect(throws: StoreError.self) { try Archive(folder.file) }
        #expect(error?.sentence == "there is no such file: nothing has been kept here yet")
        #expect(access(folder.file, F_OK) != 0)
    }

    @Test func `reading changes nothing`() async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["uno"])
        await store.close()
        func content() throws -> [UInt8] {
            let descriptor = open(folder.file, O_RDONLY)
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            return Array(bytes.prefix(read(descriptor, &bytes, bytes.count)))
        }
        let before = try content()
        let archive = try Archive(folder.file)
        #expect(try archive.history(last: 1).map(\.text) == ["uno"])
        #expect(try content() == before)
    }
}
