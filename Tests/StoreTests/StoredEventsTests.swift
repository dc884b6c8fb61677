import MessageBus
import TestSupport
import Testing

@testable import Store

/// Questions that clients of the web ask of the store.
@Suite(.timeLimit(.minutes(10))) struct StoredEventsTests {
    private let folder = StoreFolder()

    @Test func `what an edit corrects and a session's id are stored`() async throws {
        let origin = Origin(session: [UInt8](repeating: 3, count: 32), id: "an id")
        do {
            let store = try SQLiteStore.open(folder.file)
            let first = store.reserve(4)
            var messages = (0..<4).map {
                Message.make(
                    "text \($0)", kind: $0 == 0 ? .message : .edit, number: first + $0,
                    time: 1_000)
            }
            messages[0].details = MessageDetails(origin: origin)
            messages[1].details = MessageDetails(corrected: first)
            messages[2].details = MessageDetails(corrected: first)
            store.enqueue(Batch.make(messages), isOwed: false)
            var progress = BridgeProgress(
                bridge: "web", checkpoints: [],
                links: [
                    (
                        DurableReader.Channel(bridge: "web", name: origin.channel),
                        Link(number: first, remoteID: "an id")
                    )
                ])
            progress.isAwaited = false
            let commit = store.enqueue(progress)
            store.endTurn()
            try await commit.wait()
            await store.close()
        }
        let store = try SQLiteStore.open(folder.file)
        let all = try await store.all()
        #expect(all.map { $0.details?.corrected } == [nil, all[0].number, all[0].number, nil])
        #expect(all.map { $0.details?.speakerID } == ["an id", nil, nil, nil])
        #expect(all[0].origin == nil)
        let corrections = try await store.corrections(of: all.map(\.number))
        #expect(corrections.mapValues(\.text) == [all[0].number: "text 2"])
        let channel = DurableReader.Channel(bridge: "web", name: origin.channel)
        #expect(try await store.numbers(of: "an id", in: channel) == [all[0].number])
        #expect(
            try await store.extent(of: "general")
                == StoredExtent(last: all[3].number, removed: 0))
        #expect(try await store.extent(of: "nowhere") == StoredExtent())
        await store.close()
    }

    @Test func `a file of version 6 gets what the web needs`() async throws {
        try folder.makeFile(ofVersion: 6, Schema.earlierMessage)
        let store = try SQLiteStore.open(folder.file)
        #expect(try await store.all().map(\.text) == ["hola"])
        #expect(try await store.extent(of: "general") == StoredExtent(last: 7, removed: 0))
        await store.close()
        do {
            let database = try Database(folder.file, .write)
            try database.execute("DELETE FROM messages; UPDATE rooms SET removed = 7")
        }
        let emptied = try SQLiteStore.open(folder.file)
        #expect(try await emptied.extent(of: "general") == StoredExtent(last: 7, removed: 7))
        await emptied.close()
        let database = try Database(folder.file, .read)
        #expect(try database.number("SELECT count(*) FROM sessions") == 0)
        #expect(try database.number("SELECT count(*) FROM seen") == 0)
    }
}
