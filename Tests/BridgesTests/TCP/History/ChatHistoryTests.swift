import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// `/history`, `/search` and `historyOnJoin`, from the rooms' own logs.
@Suite(.timeLimit(.minutes(10))) struct ChatHistoryTests {
    private static let usage =
        "servidor: [bad-arguments] Se usa así: /history [@NOMBRE] [N], con N de 1 a 500"

    /// Keeps every other text of a sender, to show that an outgoing chain's memory is its own.
    private struct EverySecond: Middleware {
        private var count = 0
        mutating func handle(_ message: inout Message) -> Verdict {
            count += 1
            message.text = message.text.uppercased()
            return count.isMultiple(of: 2) ? .pass : .drop("no")
        }
    }

    @Test func `history shows the last texts as the room saw them`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let ana = try await host.client("ana")
        let receipt = try await port.publish("uno\ndos", from: "eco")
        var edit = Draft("tres", from: "eco")
        edit.kind = .edit
        try await port.publish([edit])
        try ana.send("/msg ana secreto\n/reply eco (otro) cuatro\n//cinco\n/history\n")
        _ = try await ana.lines(6)
        let lines = try await ana.barrier()
        #expect(
            HistoryLines(lines).texts == [
                "eco (otro): uno", "eco (otro): dos", "eco (otro): [✎] tres",
                "ana: [↩ eco (otro): tres] cuatro", "ana: /cinco",
            ])
        #expect(
            HistoryLines(lines).numbers.prefix(2).allSatisfy { $0 == receipt.number.rawValue })
        #expect(Set(HistoryLines(lines).numbers).count == 4)
        #expect(lines.last == "servidor: [ok] 4")
    }

    @Test func `history takes a number, and no other`() async throws {
        let host = try await ChatHost(language: .es)
        let port = await host.port()
        try await port.publish((1...600).map { Draft("\($0)", from: "eco") })
        // Nobody needs a name for it.
        let client = try await host.client()
        for (argument, count) in [("", 20), (" 1", 1), ("   007  ", 7), (" 500", 500)] {
            try client.send("/history\(argument)\n")
            let lines = try await client.barrier()
            #expect(lines.last == "servidor: [ok] \(count)")
            #expect(
                HistoryLines(lines).texts == (601 - count...600).map { "eco (otro): \($0)" })
        }
        for argument in ["0", "-1", "501", "+5", "5 6", "x", "1e2", "٣", "99999999999999999999"] {
            try client.send("/history \(argument)\n")
            #expect(try await client.barrier() == [Self.usage], "\(argument)")
        }
    }

    @Test func `an empty room has no history`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("/history\n/search nada\n")
        #expect(try await ana.barrier() == ["servidor: [ok] 0", "servidor: [ok] 0"])
    }

    @Test func `search finds words, phrases and beginnings in any case`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("El café está frío\ncafe con leche\ncon el café\nCAFETERÍA\nnada\n")
        _ = try await ana.barrier()
        let cases = [
            ("CAFÉ", [0, 1, 2]), ("cafe con", [1, 2]), ("\"el cafe\"", [0, 2]),
            ("caf*", [0, 1, 2, 3]), ("caf", []), ("frio cafe", [0]), ("leche, nada", []),
            ("\"cafe con\" lech*", [1]), ("ana", []),
        ]
        let said = [
            "El café está frío", "cafe con leche", "con el café", "CAFETERÍA", "nada",
        ]
        for (words, found) in cases {
            try ana.send("/search \(words)\n")
            let lines = try await ana.barrier()
            #expect(HistoryLines(lines).texts == found.map { "ana: \(said[$0])" }, "\(words)")
            #expect(lines.last == "servidor: [ok] \(found.count)")
        }
        for words in ["", "\"\"", "* -", "¡!"] {
            try ana.send("/search \(words)\n")
            #expect(
                try await ana.barrier() == [
                    "servidor: [bad-arguments] Se usa así: /search PALABRAS"
                ])
        }
    }

    @Test func `a search for more words than the bound is refused`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        let words = Array(repeating: "aguja", count: 32).joined(separator: " ")
        let (found, tooMuch) = (
            "servidor: [ok] 0",
            "servidor: [bad-arguments] Una búsqueda admite como mucho 32 palabras, 512 bytes en total."
        )
        let long = String(repeating: "x", count: 512)
        for (words, answer) in [
            (words, found), ("\(words) y", tooMuch), ("\"\(words)\" y", tooMuch),
            (long, found), ("\(long)x", tooMuch),
        ] {
            try ana.send("/search \(words)\n")
            #expect(try await ana.barrier() == [answer])
        }
    }

    @Test func `a text is found by the next line of the same read`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send("una aguja\n/search aguja\nfin\n/search fin\n")
        let lines = try await ana.barrier()
        #expect(lines[0] == "ana: una aguja")
        #expect(HistoryLines(lines).texts == ["ana: una aguja", "ana: fin"])
        #expect(lines[2...3] == ["servidor: [ok] 1", "ana: fin"])
    }

    @Test func `search goes through all the log and shows the newest`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        for start in stride(from: 0, to: 5_000, by: 1_000) {
            try await port.publish(
                (start..<start + 1_000).map { Draft("paja \($0)", from: "eco") })
        }
        let client = try await host.client()
        try client.send("/search paja 7\n/search paja\n")
        let lines = try await client.barrier()
        #expect(lines[1] == "servidor: [ok] 1")
        #expect(HistoryLines(lines).texts.first == "eco (otro): paja 7")
        #expect(
            HistoryLines(lines).texts.dropFirst()
                == (4_500..<5_000).map { "eco (otro): paja \($0)" }[...])
        #expect(lines.last == "servidor: [ok] 500")
    }

    @Test func `a line is no longer than one of the room`() async throws {
        let host = try await ChatHost { $0.options.buffer = .kibibytes(64) }
        let port = await host.port()
        try await port.publish(String(repeating: "ñ", count: 40_000), from: "eco")
        let client = try await host.client()
        try client.send("/history\n")
        let line = try #require(try await client.line())
        #expect(line.utf8.count < 16_384 && line.utf8.count > 16_378)
        #expect(line.hasSuffix("ñ…"))
        #expect(try await client.line() == "servidor: [ok] 1")
    }

    @Test func `messages that a bridge's readers are not shown are in no list either`() async throws
    {
        let host = try await ChatHost([
            .init {
                $0.outgoing = [EverySecond()]
                $0.options.historyOnJoin = 2
            }
        ])
        let port = await host.port()
        let reader = try await host.client()
        try await port.publish(["a", "b", "c", "d"].map { Draft($0, from: "eco") })
        #expect(try await reader.barrier() == ["eco (otro): B", "eco (otro): D"])
        for _ in 0..<2 {
            try reader.send("/history 4\n")
            #expect(
                HistoryLines(try await reader.barrier()).texts == [
                    "eco (otro): B", "eco (otro): D",
                ])
        }
        // A text that was shown again does not count in the room.
        try await port.publish(["e", "f"].map { Draft($0, from: "eco") })
        #expect(try await reader.barrier() == ["eco (otro): F"])
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("/nick ana\n")
        #expect(try await ana.line() == "eco (otro): F")
    }

    // MARK: - On entering

    @Test func `a client that enters is shown the last texts`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"]) {
            $0.options.historyOnJoin = 3
        }
        let port = await host.port()
        try await port.publish(["1", "2", "3", "4"].map { Draft($0, from: "eco") })
        var there = Draft("5", from: "eco")
        there.room = "juegos"
        try await port.publish([there])
        let bob = try await host.client("bob")
        try bob.send("hola\n/msg bob nada\n")
        _ = try await bob.barrier()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("/nick bob\nana: buenas\n/join juegos\n/join general\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
                "eco (otro): 3", "eco (otro): 4", "bob: hola", "ana se ha unido al chat.",
                "ana: buenas", "ana se ha ido a juegos.", "eco (otro): 5",
                "ana se ha unido al chat.", "servidor: [ok] Estás en juegos.",
                "ana se ha ido a general.", "eco (otro): 4",
                "bob: hola", "ana: buenas", "ana se ha unido al chat.",
                "servidor: [ok] Estás en general.",
            ])
    }

    @Test func `texts read without a name are not shown again`() async throws {
        let host = try await ChatHost { $0.options.historyOnJoin = 3 }
        let port = await host.port()
        try await port.publish(["1", "2", "3"].map { Draft($0, from: "eco") })
        let ana = try await host.client()
        try await port.publish(["4", "5"].map { Draft($0, from: "eco") })
        try ana.send("ana:\n")
        #expect(
            try await ana.barrier() == [
                "eco (otro): 4", "eco (otro): 5", "eco (otro): 3", "ana se ha unido al chat.",
            ])
        let bob = try await host.client()
        try await port.publish(["6", "7", "8", "9"].map { Draft($0, from: "eco") })
        try bob.send("bob:\n")
        let lines = try await bob.barrier()
        #expect(lines == (6...9).map { "eco (otro): \($0)" } + ["bob se ha unido al chat."])
    }

    @Test func `a client that changes rooms again and again is not shown them every time`()
        async throws
    {
        let host = try await ChatHost(rooms: ["general", "juegos"]) {
            $0.options.historyOnJoin = 500
        }
        let port = await host.port()
        let text = String(repeating: "x", count: 200)
        try await port.publish((0..<500).map { _ in Draft(text, from: "eco") })
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        try ana.send(String(repeating: "/join juegos\n/join general\n", count: 500))
        let lines = try await ana.barrier()
        #expect(lines.filter { $0 == "ana se ha unido al chat." }.count == 1_000)
        let shown = lines.filter { $0.hasPrefix("eco") }.count
        #expect(shown >= 500 && shown < 5_000)
    }

    @Test func `a long list takes nothing away from a client that changes rooms after it`()
        async throws
    {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { _ in }
        let port = await host.port()
        let text = String(repeating: "x", count: 2_000)
        try await port.publish((0..<300).map { _ in Draft(text, from: "eco") })
        let ana = try await host.client("ana")
        _ = try await ana.barrier()
        // The list has 600 KB.
        try ana.send("/history 300\nuno\n/join juegos\ndos\n")
        let lines = try await ana.barrier()
        #expect(
            lines.dropFirst(300) == [
                "servidor: [ok] 300", "ana: uno", "ana se ha ido a juegos.",
                "ana se ha unido al chat.", "servidor: [ok] Estás en juegos.", "ana: dos",
            ])
    }

    @Test func `a bridge that shows nothing shows no history`() async throws {
        let host = try await ChatHost([
            .init {
                $0.direction = .in
                $0.options.historyOnJoin = 3
            }
        ])
        let port = await host.port()
        try await port.publish("hola", from: "eco")
        let ana = try await host.client("ana")
        #expect(try await ana.barrier() == [])
        try ana.send("/history\n")
        #expect(HistoryLines(try await ana.barrier()).texts == ["eco (otro): hola"])
    }
}
