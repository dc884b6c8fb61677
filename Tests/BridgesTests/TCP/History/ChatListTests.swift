import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Lists that are produced as they are read: their memory, and that nothing of them is lost.
@Suite(.timeLimit(.minutes(10))) struct ChatListTests {
    private static let text = String(repeating: "x", count: 8_000)
    /// On a busy machine the last clients wait for more than a minute until they are read.
    private let patience = Duration.seconds(600)

    @Test func `a client that does not read a long list holds next to nothing of it`() async throws
    {
        let host = try await ChatHost {
            $0.options.lists = .kibibytes(256)
            $0.options.stalledAfter = patience
        }
        try await fill(host, 500)
        // 4 MB each, and a kernel that takes 200 KB of them.
        var clients: [ChatClient] = []
        for _ in 0..<8 {
            let client = try await host.client(receiveBuffer: 8_192)
            try client.send("/history 500\n")
            clients.append(client)
        }
        let reader = try await host.client("ana")
        try reader.send("/history 500\n")
        let lines = try await reader.barrier()
        #expect(HistoryLines(lines).texts.count == 500)
        #expect(lines.last == "servidor: [ok] 500")
        // Clients that read later get all of it too.
        for client in clients {
            #expect(HistoryLines(try await client.barrier()).texts.count == 500)
        }
    }

    @Test func `a list that does not fit beside the others is refused`() async throws {
        let host = try await ChatHost {
            $0.options.lists = .kibibytes(128)
            $0.options.stalledAfter = patience
        }
        try await fill(host, 500)
        var clients: [ChatClient] = []
        var refused = 0
        for _ in 0..<12 {
            let client = try await host.client(receiveBuffer: 8_192)
            try client.send("/history 500\n")
            clients.append(client)
        }
        for client in clients {
            let lines = try await client.barrier()
            if lines.contains(where: { $0.hasPrefix("servidor: [rate-limited]") }) {
                refused += 1
            } else {
                #expect(lines.count { $0.contains(Self.text) } == 500)
            }
        }
        #expect(refused > 0 && refused < 12)
        // Their memory is free again.
        try clients[0].send("/history 500\n")
        #expect(HistoryLines(try await clients[0].barrier()).texts.count == 500)
    }

    @Test func `lines said meanwhile come after the list, and answers in their order`()
        async throws
    {
        let host = try await ChatHost { $0.options.buffer = .mebibytes(16) }
        try await fill(host, 400)
        let ana = try await host.client("ana", receiveBuffer: 8_192)
        let bob = try await host.client("bob")
        _ = try await ana.barrier()
        try ana.send("/history 400\n/nada\n/history 2\nuno\n/who\n/rooms\n")
        for number in 0..<50 { try bob.send("bob: \(number)\n") }
        _ = try await bob.barrier()
        let lines = try await ana.barrier()
        let answers = lines.filter { $0.hasPrefix("servidor: ") && !$0.contains(" #") }
        #expect(
            answers.map { $0.prefix { $0 != "]" } } == [
                "servidor: [ok", "servidor: [unknown-command", "servidor: [ok",
                "servidor: [info", "servidor: [info", "servidor: [ok", "servidor: [info",
                "servidor: [ok",
            ])
        #expect(HistoryLines(lines).texts.count == 402)
        #expect(lines.filter { $0.hasPrefix("bob: ") } == (0..<50).map { "bob: \($0)" })
        #expect(lines.count { $0 == "ana: uno" } == 1)
    }

    @Test func `a list survives a change of rooms and the end of input`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { _ in }
        try await fill(host, 400)
        let ana = try await host.client("ana", receiveBuffer: 8_192)
        try ana.send("/history 400\n/join juegos\ndos\n")
        ana.finishSending()
        let lines = try await ana.rest()
        #expect(HistoryLines(lines).texts.count == 400)
        #expect(
            lines.suffix(4) == [
                "ana se ha unido al chat.", "servidor: [ok] Estás en juegos.", "ana: dos",
                "ana ha abandonado el chat.",
            ])
    }

    @Test func `messages that the log drops while a list is read come from the store`() async throws
    {
        let store = LateStore()
        store.hurry()
        let host = try await ChatHost([.init { $0.options.buffer = .mebibytes(16) }], store: store)
        try await fill(host, 450)
        let ana = try await host.client("ana", receiveBuffer: 8_192)
        try ana.send("/history 450\n")
        _ = try await host.client().barrier()
        // As much again: nothing of the list is in the log any more.
        try await fill(host, 600)
        let lines = try await ana.barrier()
        #expect(HistoryLines(lines).texts.count == 450)
        #expect(HistoryLines(lines).numbers == HistoryLines(lines).numbers.sorted())
        #expect(lines.contains("servidor: [ok] 450"))
    }

    @Test func `a store that can't be read ends the list with a sentence`() async throws {
        let store = LateStore()
        store.hurry()
        let host = try await ChatHost([.init { $0.options.buffer = .mebibytes(16) }], store: store)
        try await fill(host, 450)
        let ana = try await host.client("ana", receiveBuffer: 8_192)
        try ana.send("/history 450\n")
        _ = try await host.client().barrier()
        try await fill(host, 600)
        store.breakDown()
        let lines = try await ana.barrier()
        let dropped =
            "servidor: [dropped] Los mensajes anteriores no se pueden leer ahora; prueba más tarde."
        #expect(lines.contains(dropped))
        #expect(HistoryLines(lines).texts.count < 450)
        try ana.send("hola\n")
        #expect(try await ana.barrier().last == "ana: hola")
    }

    @Test func `without a store the rest of the list is what the log still has`() async throws {
        let host = try await ChatHost { $0.options.buffer = .mebibytes(16) }
        try await fill(host, 450)
        let ana = try await host.client("ana", receiveBuffer: 8_192)
        try ana.send("/history 450\n")
        _ = try await host.client().barrier()
        try await fill(host, 600)
        let lines = try await ana.barrier()
        let count = HistoryLines(lines).texts.count
        #expect(count > 0 && count < 450)
        #expect(lines.contains("servidor: [ok] \(count)"))
    }

    private func fill(_ host: ChatHost, _ count: Int) async throws {
        let port = await host.port("eco")
        for _ in 0..<count / 50 {
            try await port.publish((0..<50).map { _ in Draft(Self.text, from: "eco") })
        }
    }
}
