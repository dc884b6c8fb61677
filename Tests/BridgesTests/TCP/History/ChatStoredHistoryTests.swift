import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Earlier messages, with a store that has more of them than the rooms' own logs.
@Suite(.timeLimit(.minutes(10))) struct ChatStoredHistoryTests {
    @Test func `history continues in the store where the log ends`() async throws {
        // More bytes than a log keeps, fewer messages than one may ask for.
        let texts = (1...700).map { "\($0) \(String(repeating: "x", count: 9_000))" }
        let store = LateStore(LateStore.texts(texts))
        store.hurry()
        let host = try await ChatHost(store: store)
        try await host.test.bus.recall()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("hola\n/history 10\n")
        let last = HistoryLines(try await ana.barrier())
        #expect(last.texts.prefix(9).map { $0.prefix(8) } == (692...700).map { "eva: \($0)" })
        #expect(last.texts.last == "ana: hola")
        #expect(last.numbers.prefix(9) == Array(692...700)[...])
        try ana.send("/history 500\nfin\n")
        let lines = try await ana.barrier()
        #expect(HistoryLines(lines).numbers.dropLast().elementsEqual(202..<701))
        #expect(lines.suffix(2) == ["servidor: [ok] 500", "ana: fin"])
    }

    @Test func `what the store has deleted for its age is not given from memory`() async throws {
        let store = LateStore()
        store.hurry()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        try ana.send("viejo 1\n")
        _ = try await ana.barrier()
        try bob.send("viejo 2\nviejo 3\n")
        _ = try await bob.barrier()
        let old = try #require(store.disk.disk.messages.last?.number)
        try ana.send("nuevo\n")
        _ = try await ana.barrier()
        store.disk.expire("general", through: old)
        await host.test.settle()
        try ana.send("/history\n")
        #expect(HistoryLines(try await ana.barrier()).texts == ["ana: nuevo"])
        try ana.send("/search viejo\n")
        #expect(HistoryLines(try await ana.barrier()).texts == [])
        try ana.send("/reply bob sí\n/reply #\(old) sí\n")
        let answers = try await ana.barrier()
        #expect(answers.count == 2 && answers.allSatisfy { $0.contains("[unknown-message]") })
    }

    @Test func `search finds committed and uncommitted messages, once and in order`() async throws {
        let store = LateStore(LateStore.texts(["aguja 1", "hilo", "aguja 2"]))
        store.hurry()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("aguja 3\n")
        _ = try await ana.barrier()
        store.disk.hold()
        try ana.send("aguja 4\n")
        _ = try await ana.barrier()
        try ana.send("aguja 5\n/search aguja\n")
        let found = [
            "eva: aguja 1", "eva: aguja 2", "ana: aguja 3", "ana: aguja 4", "ana: aguja 5",
        ]
        let lines = try await ana.barrier()
        #expect(HistoryLines(lines).texts == found)
        #expect(HistoryLines(lines).numbers == HistoryLines(lines).numbers.sorted())
        #expect(lines.last == "servidor: [ok] 5")
        store.disk.release()
        try ana.send("/search aguja\n")
        #expect(HistoryLines(try await ana.barrier()).texts == found)
    }

    @Test func `a message committed during a search is found once`() async throws {
        let store = LateStore()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        store.disk.hold()
        try ana.send("aguja\n/search aguja\n")
        await store.asked(1)
        store.disk.release()
        store.answer()
        let lines = try await ana.lines(3)
        #expect(HistoryLines(lines).texts == ["ana: aguja"])
        #expect(lines.last == "servidor: [ok] 1")
    }

    @Test func `a message that only the store has can be answered in its room`() async throws {
        let here = LateStore.texts(["uno", "dos"])
        let there = Message.make("allá", by: .make("eva"), room: "juegos", number: 3)
        let join = Message.make("", by: .make("eva"), kind: .join, number: 4)
        let edit = Message.make("seis", by: .make("eva"), kind: .edit, number: 6)
        let store = LateStore(here + [there, join, edit])
        store.hurry()
        let host = try await ChatHost(rooms: ["general", "juegos"], store: store)
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send((1...7).map { "/reply #\($0) a \($0)\n" }.joined() + "fin\n")
        let lines = try await ana.barrier()
        func unknown(_ number: Int) -> String {
            "servidor: [unknown-message] En esta sala no está el mensaje #\(number)."
        }
        #expect(
            lines == [
                "ana: [↩ eva: uno] a 1", "ana: [↩ eva: dos] a 2", unknown(3), unknown(4),
                unknown(5), "ana: [↩ eva: seis] a 6", unknown(7), "ana: fin",
            ])
    }

    @Test func `texts shown on entering come from the log, which the store has filled`()
        async throws
    {
        let store = LateStore(LateStore.texts(["uno", "dos", "tres"]))
        store.hurry()
        let host = try await ChatHost(
            [.init { $0.options.historyOnJoin = 2 }], store: store)
        try await host.test.bus.recall()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola\n")
        #expect(
            try await ana.barrier() == [
                "eva: dos", "eva: tres", "ana se ha unido al chat.", "ana: hola",
            ])
    }
}
