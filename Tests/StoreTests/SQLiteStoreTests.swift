import Glibc
import MessageBus
import Sockets
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct SQLiteStoreTests {
    private let folder = StoreFolder()

    @Test func `stored messages are there after a restart`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = try await store.keep(["hola", "dos\nlíneas", ""])
        await store.close()
        let again = try SQLiteStore.open(folder.file)
        let found = try await again.messages(in: "general", after: 0, through: .max, atMost: 10)
            .messages
        #expect(found.map(\.text) == ["hola", "dos\nlíneas", ""])
        #expect(found.map(\.number) == [first, first + 1, first + 2])
        #expect(found.map(\.hasSeveralLines) == [false, true, false])
        #expect(found.allSatisfy { $0.sender.name == "ana" && $0.sender.bridge == "chat" })
        #expect(again.committed >= first + 2)
        await again.close()
    }

    @Test func `everything a message carries comes back`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let origin = Origin(channel: "-100", remoteID: "7", passed: ["a", "b"])
        let reply = Quotation(number: 3, name: "eva", excerpt: "¿qué?")
        var message = Message.make("hola", number: store.reserve(2), time: 5_000)
        message.details = MessageDetails(reply: reply, origin: origin, said: 2_000)
        let rename = Message.make(
            "", kind: .rename, number: message.number + 1, time: 6_000,
            other: .make("Eva"))
        store.enqueue(Batch.make([message, rename]), isOwed: false)
        store.endTurn()
        await store.close()
        let again = try SQLiteStore.open(folder.file)
        let found = try #require(await again.message(numbered: message.number))
        #expect(found.reply == reply)
        #expect(found.origin == origin)
        #expect(found.time.milliseconds == 2_000)
        #expect(found.received.milliseconds == 5_000)
        let renamed = try #require(await again.message(numbered: rename.number))
        #expect(renamed.kind == .rename)
        #expect(renamed.other?.name == "Eva")
        await again.close()
    }

    @Test func `dropped messages are left out and recorded without their text`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let number = store.reserve(3)
        let batch = Batch.make(
            (0..<3).map { Message.make("text \($0)", number: number + $0, time: 1) })
        batch.drop(1, Drop(code: "dropped", reason: "no casinos"))
        store.enqueue(batch, isOwed: false)
        store.endTurn()
        await store.close()
        let database = try Database(folder.file, .read)
        #expect(try database.number("SELECT count(*) FROM messages") == 2)
        #expect(try database.number("SELECT number FROM dropped") == (number + 1).column)
        #expect(
            try database.number("SELECT count(*) FROM verdicts WHERE reason = 'no casinos'") == 1)
    }

    @Test func `a checkpoint is kept with the messages of its turn`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let channel = DurableReader.Channel(bridge: "telegram", name: "-1")
        store.enqueue(Batch.make([.make("uno", number: store.reserve(1))]), isOwed: true)
        let commit = store.enqueue(
            BridgeProgress(
                bridge: "tail", checkpoints: [Checkpoint(key: "a.log", state: [1, 2])],
                links: [(channel, Link(number: 1, remoteID: "77"))]))
        store.endTurn()
        try await commit.wait()
        #expect(try await store.checkpoints(of: "tail") == ["a.log": [1, 2]])
        #expect(try await store.numbers(of: "77", in: channel) == [1])
        #expect(try await store.remoteID(of: 1, in: channel) == "77")
        let forgotten = store.enqueue(
            BridgeProgress(
                bridge: "tail", checkpoints: [Checkpoint(key: "a.log", state: [])]))
        store.endTurn()
        try await forgotten.wait()
        #expect(try await store.checkpoints(of: "tail") == [:])
        await store.close()
    }

    @Test func `a cursor moves forward only`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let reader = DurableReader(.init(bridge: "telegram"), room: "general")
        #expect(try await store.cursor(of: reader) == nil)
        try await store.advance(reader, to: 10, links: [Link(number: 10, remoteID: "x")])
        try await store.advance(reader, to: 5, links: [])
        #expect(try await store.cursor(of: reader) == 10)
        #expect(try await store.remoteID(of: 10, in: reader.channel) == "x")
        await store.close()
    }

    @Test func `a message may have several names on the other side, the first stands for it`()
        async throws
    {
        let store = try SQLiteStore.open(folder.file)
        let reader = DurableReader(.init(bridge: "telegram"), room: "general")
        store.enqueue(
            Batch.make([1, 2].map { .make("\($0)", number: store.reserve(1)) }), isOwed: false)
        store.endTurn()
        let names = ["b", "c", "a"]
        try await store.advance(
            reader, to: 1, links: names.map { Link(number: 1, remoteID: $0) })
        try await store.advance(reader, to: 2, links: [Link(number: 2, remoteID: "a")])
        // Once more, as after a crash before the commit was confirmed.
        try await store.advance(reader, to: 2, links: [Link(number: 1, remoteID: "c")])
        #expect(try await store.remoteID(of: 1, in: reader.channel) == "b")
        #expect(try await store.numbers(of: "a", in: reader.channel) == [1, 2])
        #expect(try await store.numbers(of: "c", in: reader.channel) == [1])
        await store.close()
        let archive = try Archive(folder.file)
        #expect(try archive.report(on: 1)?.deliveries.first?.remoteIDs == names)
    }

    @Test func `a question is answered after all earlier writes`() async throws {
        let store = try SQLiteStore.open(folder.file)
        for state in UInt8(1)...50 {
            let progress = BridgeProgress(
                bridge: "tail", checkpoints: [Checkpoint(key: "a", state: [state])])
            _ = store.enqueue(progress)
            store.endTurn()
            #expect(try await store.checkpoints(of: "tail") == ["a": [state]])
        }
        await store.close()
    }

    @Test func `numbers go on behind a crash, and leave no gap after a clean end`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let first = store.reserve(1_000)
        await store.close(unused: first + 10)
        let second = try SQLiteStore.open(folder.file)
        #expect(second.reserve(1) == first + 10)
        await second.close()
        let third = try SQLiteStore.open(folder.file)
        // Unused numbers were not returned, as after a crash.
        #expect(third.reserve(1) > first + 1_000)
        await third.close()
    }

    @Test func `many numbers at once are reserved before they are given`() async throws {
        let store = try SQLiteStore.open(folder.file)
        var last: MessageNumber = 0
        for _ in 0..<50 {
            let first = store.reserve(1 << 16)
            #expect(first > last)
            last = first + (1 << 16) - 1
            let database = try Database(folder.file, .read)
            let reserved = try database.number("SELECT value FROM meta WHERE key = 'reserved'")
            #expect(MessageNumber(column: reserved ?? 0) > last)
        }
        await store.close()
    }

    @Test func `many rooms and senders in small and large turns keep their order`() async throws {
        let store = try SQLiteStore.open(folder.file)
        var random = Seeded(7)
        var expected: [String: [String]] = [:]
        for turn in 0..<300 {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let room = ["general", "logs", "otra"].randomElement(using: &random) ?? ""
                let count = Int.random(in: 1...40, using: &random)
                let first = store.reserve(count)
                let messages = (0..<count).map { index in
                    Message.make(
                        "\(turn) \(index) \(String(repeating: "x", count: index * 50))",
                        by: .make("s\(Int.random(in: 0..<5, using: &random))"), room: room,
                        number: first + index)
                }
                expected[room, default: []] += messages.map(\.text)
                store.enqueue(Batch.make(messages), isOwed: false)
            }
            store.endTurn()
        }
        let large = String(repeating: "y", count: 1 << 20)
        try await store.keep([large], in: "otra")
        expected["otra", default: []].append(large)
        for (room, texts) in expected {
            let found = try await store.all(in: room).map(\.text)
            #expect(found.count == texts.count && zip(found, texts).allSatisfy(==))
        }
        await store.close()
    }

    @Test func `a second daemon is told which process has it`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let error = #expect(throws: StoreError.self) { try SQLiteStore.open(folder.file) }
        #expect(
            error?.description == """
                store: \(folder.file): process \(getpid()) has it open; a store can have only one daemon
                """)
        await store.close()
        try await SQLiteStore.open(folder.file).close()
    }

    @Test func `the file is for its owner only, and nothing stays beside it`() async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["hola"])
        var status = stat()
        for ending in ["", "-wal", "-shm", ".lock"] {
            #expect(stat(folder.file + ending, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        await store.close()
        #expect(stat(folder.file + "-wal", &status) != 0)
    }
}
