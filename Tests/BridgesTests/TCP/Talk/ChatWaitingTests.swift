import MessageBus
import Locking
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// A connection that waits for an answer of the store.
@Suite(.timeLimit(.minutes(10))) struct ChatWaitingTests {
    private static let noHistory =
        "servidor: [dropped] Los mensajes anteriores no se pueden leer ahora; prueba más tarde."

    private let store = LateStore(LateStore.texts(["una aguja", "otra aguja", "un hilo"]))

    private func host(_ change: (inout ChatHost.Bridge) -> Void = { _ in }) async throws -> ChatHost
    {
        try await ChatHost([.init("tcp", change)], rooms: ["general", "juegos"], store: store)
    }

    @Test func `answers come in the order of the commands, and others go on`() async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        let ana = try await host.client("ana")
        _ = try await bob.barrier()
        try ana.send("uno\n/search aguja\n/who\ndos\n/search hilo\ntres\n/quit\ncuatro\n")
        await store.asked(1)
        #expect(try await bob.barrier() == ["ana: uno"])
        try bob.send("mientras\n/msg ana ¡oye!\n")
        #expect(
            try await bob.barrier() == ["bob: mientras", "bob → ana (privado): ¡oye!"])
        #expect(
            try await ana.lines(3) == [
                "ana: uno", "bob: mientras", "bob → ana (privado): ¡oye!",
            ])
        // It is not read meanwhile: this waits in the kernel.
        try ana.send("cinco\n")
        store.answer()
        await store.asked(2)
        let lines = try await ana.lines(7)
        #expect(HistoryLines(lines).texts == ["eva: una aguja", "eva: otra aguja"])
        #expect(
            lines[2...] == [
                "servidor: [ok] 2", "servidor: [info] ana (tcp)", "servidor: [info] bob (tcp)",
                "servidor: [ok] 2", "ana: dos",
            ])
        #expect(try await bob.barrier() == ["ana: dos"])
        store.answer()
        let rest = try await ana.rest()
        #expect(HistoryLines(rest).texts == ["eva: un hilo"])
        #expect(rest[1...] == ["servidor: [ok] 1", "ana: tres", "ana ha abandonado el chat."])
        #expect(try await bob.barrier() == ["ana: tres", "ana ha abandonado el chat."])
    }

    @Test(arguments: ["\n", ""])
    func `the end of the input waits too`(ending: String) async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        let ana = try await host.client("ana")
        try ana.send("uno\n/search hilo\(ending)")
        ana.finishSending()
        await store.asked(1)
        #expect(try await bob.barrier() == ["ana se ha unido al chat.", "ana: uno"])
        store.answer()
        let lines = try await ana.rest()
        #expect(HistoryLines(lines).texts == ["eva: un hilo"])
        #expect(lines.suffix(2) == ["servidor: [ok] 1", "ana ha abandonado el chat."])
        #expect(try await bob.barrier() == ["ana ha abandonado el chat."])
    }

    @Test(arguments: [true, false])
    func `a client that goes while it waits is announced once, with all that it said`(
        isReset: Bool
    ) async throws {
        let host = try await host { $0.options.maxConnections = 2 }
        let bob = try await host.client("bob")
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("uno\n/search hilo\ndos\n/search aguja\ntres\n")
        await store.asked(1)
        if isReset {
            ana.reset()
        } else {
            ana.close()
            store.hurry()
        }
        #expect(
            try await bob.lines(5) == [
                "ana se ha unido al chat.", "ana: uno", "ana: dos", "ana: tres",
                "ana ha abandonado el chat.",
            ])
        store.hurry()
        await host.test.settle()
        #expect(try await bob.barrier() == [])
        // Nothing is left of it: its place is free.
        _ = try await host.client("eva")
    }

    @Test func `an answer that fails or takes too long is none, and the next one is`() async throws
    {
        let host = try await host()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("/search hilo\nuno\n/search aguja\ndos\n")
        await store.asked(1)
        host.test.advance(by: .milliseconds(9_999))
        await host.test.settle()
        host.test.advance(by: .milliseconds(1))
        #expect(try await ana.lines(2) == [Self.noHistory, "ana: uno"])
        await store.asked(2)
        // The first answer comes after all, and is not taken for the second.
        store.answer()
        await host.test.settle()
        store.answer()
        let lines = try await ana.lines(4)
        #expect(HistoryLines(lines).texts == ["eva: una aguja", "eva: otra aguja"])
        #expect(lines.last == "ana: dos")
        store.breakDown()
        store.hurry()
        try ana.send("/search hilo\n/reply #1 sí\n/search x\n")
        #expect(try await ana.barrier() == [Self.noHistory, Self.noHistory, Self.noHistory])
        host.test.advance(by: .seconds(60))
        try ana.send("/search hilo\n")
        #expect(try await ana.barrier() == [Self.noHistory])
        let warnings = host.test.log.sentences.filter { $0.contains("can't be read") }
        #expect(
            warnings
                == ["no answer within 10 s", "the disk is on fire"].map {
                    "earlier messages can't be read: \($0); people who ask are told"
                } + [
                    "earlier messages can't be read: the disk is on fire; people who ask are told "
                        + "(2 more times in the last minute)"
                ])
    }

    @Test func `a message that can't be read is not said to be deleted`() async throws {
        let host = try await host()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        store.breakDown()
        store.hurry()
        try ana.send("/delete #1\n")
        #expect(try await ana.barrier() == [Self.noHistory])
    }

    @Test func `a server that stops waits for no answer`() async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("/search hilo\nuno\n/search aguja\n")
        await store.asked(1)
        try ana.send("dos\n")
        try await host.stop()
        #expect(
            try await ana.rest() == [Self.noHistory, "ana: uno", Self.noHistory, "ana: dos"])
        #expect(
            try await bob.rest() == ["ana se ha unido al chat.", "ana: uno", "ana: dos"])
        store.hurry()
    }

    @Test func `a bridge that is cancelled leaves nobody waiting`() async throws {
        let host = try await host()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("/search hilo\nuno\n")
        await store.asked(1)
        host.cancel()
        try await host.ended()
        store.hurry()
        await host.test.settle()
        let rest = try await ana.rest()
        #expect(rest == [])
    }

    @Test func `a client without line endings waits as well`() async throws {
        let host = try await host()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: /search hilo")
        let probe = try await host.client()
        host.test.advance(by: .milliseconds(200))
        await store.asked(1)
        #expect(try await probe.barrier() == ["ana se ha unido al chat."])
        try ana.send("ana: uno")
        host.test.advance(by: .milliseconds(200))
        store.answer()
        let lines = try await ana.lines(3)
        #expect(HistoryLines(lines).texts == ["eva: un hilo"])
        #expect(lines.last == "servidor: [ok] 1")
        // It is read again now, and its silence begins anew.
        _ = try await probe.barrier()
        host.test.advance(by: .milliseconds(200))
        #expect(try await ana.line() == "ana: uno")
    }

    @Test func `lines sent meanwhile stay in the kernel`() async throws {
        let host = try await host { $0.options.echo = false }
        let bob = try await host.client()
        let ana = try await host.client("ana")
        _ = try await bob.barrier()
        try ana.send("/search hilo\n")
        await store.asked(1)
        // The kernels keep 10 MiB at most for a connection (tcp(7): tcp_rmem, tcp_wmem).
        let line = "\(String(repeating: "x", count: 8_000))\n"
        let isSent = Locked(false)
        let sending = Task {
            try await ana.sendMuch(Array(String(repeating: line, count: 1_400).utf8))
            isSent.withLock { $0 = true }
        }
        for _ in 0..<20 { #expect(try await bob.barrier() == []) }
        #expect(!isSent.withLock { $0 })
        store.answer()
        for _ in 0..<1_400 {
            if try await bob.line()?.utf8.count != 8_005 { Issue.record("a line is missing") }
        }
        try await sending.value
    }

    @Test func `a line too long and one that is no text keep their place`() async throws {
        let host = try await host { $0.options.maxLine = 64 }
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        let long = Array("\(String(repeating: "x", count: 65))\n".utf8)
        try ana.send(
            Array("/search hilo\n".utf8) + long + [0xFF, 0x0A] + long + Array("fin\n".utf8))
        await store.asked(1)
        store.answer()
        let tooLong = "servidor: [too-long] La línea es demasiado larga: como mucho 64 bytes."
        #expect(
            try await ana.lines(6)[2...] == [
                tooLong, "servidor: [bad-text] Eso no es texto en UTF-8.", tooLong, "ana: fin",
            ])
    }

    @Test(arguments: Seeded.some)
    func `whenever the store answers, a client sees the same`(seed: UInt64) async throws {
        var random = Seeded(seed)
        let host = try await host()
        let kinds = [
            "hola\n", "/search aguja\n", "/search nada\n", "/who\n", "/reply #2 sí\n", "//x\r\n",
            "/history 3\n", "\n", "/join juegos\n", "/join general\n", "/nick ana\n", "/search\n",
        ]
        let bytes = (0..<40).flatMap { _ in
            Array(kinds[Int.random(in: 0..<kinds.count, using: &random)].utf8)
        }
        store.hurry()
        let expected = try await lines([bytes], on: host)
        store.beLate()
        for _ in 0..<3 {
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(60, rest.count), using: &random)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let answering = Task {
                while !Task.isCancelled {
                    store.answer()
                    await Task.yield()
                }
            }
            defer { answering.cancel() }
            #expect(try await lines(pieces, on: host) == expected, "seed \(seed)")
        }
    }

    /// Returns the lines that a client reads if it sends pieces and quits, without numbers and
    /// times.
    private func lines(_ pieces: [[UInt8]], on host: ChatHost) async throws -> [String] {
        let client = try await host.client("ana")
        // The same three texts are the last of both rooms, whoever was here before.
        for room in ["juegos", "general"] { try client.send("/join \(room)\na\nb\nc\n") }
        for piece in pieces { try client.send(piece) }
        try client.send("\n/quit\n")
        return try await client.rest().map { line in
            HistoryLines([line]).texts.first.map { "[info] \($0)" } ?? line
        }
    }
}
