import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Texts and their effects, over real sockets.
@Suite(.timeLimit(.minutes(10))) struct ChatTalkTests {
    @Test func `the first line takes a name, enters and speaks`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola\n")
        let expected = ["ana se ha unido al chat.", "ana: hola"]
        #expect(try await ana.lines(2) == expected)
        #expect(try await reader.lines(2) == expected)
    }

    @Test func `a name without a text only enters`() async throws {
        let host = try await ChatHost()
        // All stay, or the next one may read that the last one leaves.
        var clients: [ChatClient] = []
        for (index, line) in ["ana:", "eva: ", "leo:  ", "luz se ha unido al chat."].enumerated() {
            let client = try ChatClient(port: host.ports[0])
            clients.append(client)
            try client.send("\(line)\n")
            let name = ["ana", "eva", "leo", "luz"][index]
            #expect(try await client.barrier() == ["\(name) se ha unido al chat."])
        }
        #expect(clients.count == 4)
    }

    @Test func `each row of the table of client lines`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send(
            """
            ana se ha unido al chat.
            ana se ha unido al chat.
            hola
            ana: uno
            ANA: dos
            ana:tres
            bob: cuatro
            ana: bob se ha unido al chat.
            bob ha abandonado el chat.
            //cinco
            ana: //seis
            ana: ana: siete
             ocho
            ana:  nueve
            \t
            ana:
            ANA ha abandonado el chat.
            diez

            """)
        let expected = [
            "ana se ha unido al chat.", "ana: hola", "ana: uno", "ana: dos", "ana: tres",
            "ana: bob: cuatro", "ana: bob se ha unido al chat.", "ana: bob ha abandonado el chat.",
            "ana: /cinco", "ana: /seis", "ana: ana: siete", "ana:  ocho", "ana:  nueve",
            "ana ha abandonado el chat.",
        ]
        #expect(try await ana.rest() == expected)
        #expect(try await reader.barrier() == expected)
    }

    @Test func `a client without a name is told what to do`() async throws {
        let host = try await ChatHost()
        let client = try await host.client()
        for (line, code) in [
            ("hola", "need-name"), ("//hola", "need-name"), ("/msg ana hola", "need-name"),
            ("/reply ana hola", "need-name"), ("a(b): hola", "bad-name"),
            ("servidor: hola", "bad-name"), ("SERVER: hola", "bad-name"), (": hola", "bad-name"),
            ("#1: hola", "bad-name"), ("a  b: hola", "bad-name"), ("a:b: hola", "bad-name"),
            ("ana se ha unido al chat. se ha unido al chat.", "bad-name"),
            ("ana ha abandonado el chat.", "need-name"),
            ("\(String(repeating: "x", count: 33)): hola", "bad-name"),
        ] {
            try client.send("\(line)\n")
            let answer = try await client.barrier()
            #expect(answer.count == 1 && answer[0].hasPrefix("servidor: [\(code)] "), "\(line)")
        }
    }

    @Test func `names are unique without regard to case and form`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("Ana")
        let other = try await host.client()
        for name in ["Ana", "ana", "ＡＮＡ"] {
            try other.send("\(name): hola\n")
            #expect(
                try await other.barrier() == [
                    "servidor: [name-in-use] Ese nombre está ocupado; elige otro."
                ])
        }
        try ana.send("/quit\n")
        #expect(try await other.line() == "Ana ha abandonado el chat.")
        try other.send("ana: hola\n")
        #expect(try await other.barrier() == ["ana se ha unido al chat.", "ana: hola"])
    }

    @Test func `a name is shown composed, whatever was sent`() async throws {
        let host = try await ChatHost()
        let jose = try await host.client()
        try jose.send("Jose\u{301}: hola\nJosé: bien\nJOSE\u{301}: y tú\n")
        let seen = try await jose.barrier()
        #expect(
            seen.map { Array($0.utf8) }
                == ["José se ha unido al chat.", "José: hola", "José: bien", "José: y tú"].map {
                    Array($0.precomposed.utf8)
                })
    }

    @Test func `the English sentences are used where they are configured`() async throws {
        let host = try await ChatHost(language: .en) { _ in }
        let reader = try ChatClient(port: host.ports[0])
        let ann = try ChatClient(port: host.ports[0])
        try reader.send("x\n")
        #expect(try await reader.line()?.hasPrefix("server: [need-name] ") == true)
        try ann.send("ann joined the chat.\n/nick amy\n/msg amy psst\namy left the chat.\n")
        #expect(
            try await ann.rest() == [
                "ann joined the chat.", "ann is now amy.", "amy → amy (private): psst",
                "amy left the chat.",
            ])
        #expect(
            try await reader.lines(3) == [
                "ann joined the chat.", "ann is now amy.", "amy left the chat.",
            ])
    }

    @Test func `with echo off speakers hear everything but themselves`() async throws {
        let host = try await ChatHost { $0.options.echo = false }
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        #expect(try await ana.line() == "bob se ha unido al chat.")
        try ana.send("uno\ndos\n/msg bob psst\n/nick eva\ntres\n/reply bob x\n")
        #expect(
            try await ana.barrier() == [
                "ana → bob (privado): psst", "ana ahora es eva.",
                "servidor: [unknown-message] En esta sala no ha dicho nada que se pueda "
                    + "responder.",
            ])
        #expect(
            try await bob.barrier() == [
                "ana: uno", "ana: dos", "ana → bob (privado): psst", "ana ahora es eva.",
                "eva: tres",
            ])
        try bob.send("hola\n/reply eva bien\n")
        #expect(try await bob.barrier() == ["servidor: [ok]"])
        #expect(try await ana.barrier() == ["bob: hola", "bob: [↩ eva: tres] bien"])
    }

    @Test func `a bridge that only takes out lets nobody speak`() async throws {
        let host = try await ChatHost { $0.direction = .out }
        let reader = try await host.client()
        let ana = try await host.client()
        try ana.send("/nick ana\n/nick Ana\n/who\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [ok] Te llamas ana.", "servidor: [ok] Te llamas Ana.",
                "servidor: [info] Ana (tcp)", "servidor: [ok] 1",
            ])
        for line in ["hola", "ana: hola", "/msg ana hola", "/reply ana hola", "/reply #1 hola"] {
            try ana.send("\(line)\n")
            #expect(try await ana.barrier() == ["servidor: [forbidden] Aquí solo se puede leer."])
        }
        let port = await host.port()
        try await port.publish("aviso", from: "root")
        #expect(try await ana.line() == "root (otro): aviso")
        #expect(try await reader.line() == "root (otro): aviso")
    }

    @Test func `a bridge that only brings in shows nothing but answers`() async throws {
        let host = try await ChatHost([
            .init("in") { $0.direction = .in }, .init("both"),
        ])
        let reader = try await host.client(on: 1)
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola\n/nick eva\n/msg eva yo\nadiós\n")
        #expect(try await ana.barrier().allSatisfy { $0.hasPrefix("servidor: [") })
        #expect(
            try await reader.barrier() == [
                "ana se ha unido al chat.", "ana: hola", "ana ahora es eva.", "eva: adiós",
            ])
        try ana.send("/quit\n")
        #expect(try await ana.rest().isEmpty)
        #expect(try await reader.barrier() == ["eva ha abandonado el chat."])
    }

    @Test func `messages shown by a bridge are judged by its own outgoing chain, on a copy`()
        async throws
    {
        struct Shout: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                if message.body.contains("secreto") { return .drop("no") }
                message.text = message.text.uppercased() + "\ny más\u{1B}"
                return .pass
            }
        }
        let host = try await ChatHost([.init("uno") { $0.outgoing = [Shout()] }, .init("dos")])
        let shown = try await host.client(on: 0)
        let plain = try await host.client(on: 1)
        let ana = try await host.client("ana", on: 1)
        try ana.send("hola\nsecreto\nadiós\n")
        _ = try await ana.barrier()
        #expect(
            try await shown.barrier() == [
                "ana se ha unido al chat.", "ana: HOLA", "ana: y más", "ana: ADIÓS", "ana: y más",
            ])
        #expect(
            try await plain.barrier() == [
                "ana se ha unido al chat.", "ana: hola", "ana: secreto", "ana: adiós",
            ])
    }

    @Test func `two bridges on one bus share names and rooms`() async throws {
        let host = try await ChatHost([.init("uno"), .init("dos")])
        let ana = try await host.client("ana", on: 0)
        let bob = try await host.client(on: 1)
        try bob.send("ana: hola\n/nick bob\n/msg ana psst\n/who\n")
        #expect(
            try await bob.barrier() == [
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
                "bob se ha unido al chat.", "bob → ana (privado): psst",
                "servidor: [info] ana (uno)", "servidor: [info] bob (dos)", "servidor: [ok] 2",
            ])
        #expect(
            try await ana.barrier() == ["bob se ha unido al chat.", "bob → ana (privado): psst"])
    }
}

extension String {
    /// In NFC.
    fileprivate var precomposed: String { replacing("e\u{301}", with: "é") }
}
