import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The beginning of connections: the greeting, guests, and programs that mean another protocol.
@Suite(.timeLimit(.minutes(10))) struct ChatEntranceTests {
    private static let silence = Duration.milliseconds(200)

    // MARK: - Other protocols

    private static let post = """
        POST / HTTP/1.1\r
        Host: localhost:2000\r
        Cookie: session=secreto\r
        Content-Length: 34\r
        \r

        /nick profe
        hola
        profe: hola

        """

    @Test(arguments: ["ask", "guest", "name"])
    func `a web page can't speak, nor anybody read its cookies`(mode: String) async throws {
        let host = try await ChatHost {
            $0.options.nameless = TCP.Nameless(rawValue: mode) ?? .ask
            $0.options.greeting = nil
        }
        let reader = try await host.client("bob")
        for line in [
            Self.post, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "get / http/1.1\nhost: x\n\n",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\r\nana: x\r\n",
            "GET / HTTP/1.1\rana: x\r",
            "BREW http://x/y HTTP/1.1\r\nana: x\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nana: x\n",
            "GET /\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\u{FF} HTTP/1.1\r\nHost: x\r\n\r\n",
        ] {
            let browser = try ChatClient(port: host.ports[0])
            var bytes = Array(line.utf8)
            // Bytes that are no text make it no less a request.
            if line.contains("\u{FF}") { bytes = bytes.filter { $0 != 0xC3 } }
            try browser.send(bytes)
            let answer = try await browser.rest()
            #expect(answer.first == "HTTP/1.1 400 Bad Request\r", "\(line.prefix(20))")
            #expect(answer.last?.contains("chat") == true)
            let length = answer.first { $0.hasPrefix("Content-Length: ") }
            #expect(length == "Content-Length: \((answer.last?.utf8.count ?? 0) + 1)\r")
        }
        #expect(try await reader.barrier() == [])
        let refused = host.test.log.entries.filter { $0.sentence.contains("it speaks HTTP") }
        #expect(refused.count == 10)
        #expect(refused.allSatisfy { $0.level == .debug && $0.sentence.contains("127.0.0.1:") })
    }

    @Test func `a request in pieces is recognised`() async throws {
        let host = try await ChatHost { $0.options.nameless = .guest }
        let reader = try await host.client("bob")
        let bytes = Array("GET / HTTP/1.1\r\nana: x\r\n\r\n".utf8)
        for index in 1..<16 {
            let browser = try ChatClient(port: host.ports[0])
            try browser.send(Array(bytes[..<index]))
            _ = try await host.client()
            // The bytes may be a whole request already, but they are no text.
            host.test.advance(by: Self.silence)
            _ = try await host.client()
            try? browser.send(Array(bytes[index...]))
            #expect(try await browser.line() == "HTTP/1.1 400 Bad Request\r", "split at \(index)")
        }
        let slow = try ChatClient(port: host.ports[0])
        for byte in bytes {
            try? slow.send([byte])
            host.test.advance(by: Self.silence)
        }
        #expect(try await slow.line() == "HTTP/1.1 400 Bad Request\r")
        #expect(try await reader.barrier() == [])
    }

    @Test
    func
        `a request after lines of the chat ends the connection as well, and so does a header in front`()
        async throws
    {
        let host = try await ChatHost()
        let reader = try await host.client("bob")
        let client = try ChatClient(port: host.ports[0])
        try client.send("/rooms\nGET / HTTP/1.1\r\nHost: x\r\nana: x\n")
        #expect(
            try await client.rest().prefix(3) == [
                "servidor: [info] general: 1 persona, estás aquí", "servidor: [ok] 1",
                "HTTP/1.1 400 Bad Request\r",
            ])
        let headless = try ChatClient(port: host.ports[0])
        try headless.send("Host: localhost:2000\r\nana: x\n")
        #expect(try await headless.line() == "HTTP/1.1 400 Bad Request\r")
        #expect(try await reader.barrier() == [])
    }

    @Test func `the answer to HEAD has no body`() async throws {
        let host = try await ChatHost()
        let client = try ChatClient(port: host.ports[0])
        try client.send("HEAD / HTTP/1.1\r\n\r\n")
        #expect(try await client.rest().last == "\r")
    }

    @Test(
        arguments: [
            ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01], [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]),
            ([0x05, 0x01, 0x00], [0x05, 0xFF]),
            ([0x04, 0x01, 0x00, 0x50], [0x00, 0x5B, 0, 0, 0, 0, 0, 0]),
            (Array("SSH-2.0-OpenSSH_9.6\r\n".utf8), []),
        ] as [([UInt8], [UInt8])])
    func `other protocols are answered in their own way, whole and in pieces`(
        hello: [UInt8], answer: [UInt8]
    ) async throws {
        let host = try await ChatHost { $0.options.nameless = .guest }
        let reader = try await host.client("bob")
        for pieces in [[hello], hello.map { [$0] }] {
            let client = try ChatClient(port: host.ports[0])
            for piece in pieces {
                try? client.send(piece)
                _ = try await host.client()
            }
            try? client.send("\nana: hola\n")
            let lines = try await client.rest()
            #expect(
                Array(lines.joined(separator: "\n").utf8)
                    == Array(String(decoding: answer, as: UTF8.self).utf8))
        }
        #expect(try await reader.barrier() == [])
    }

    @Test func `a mail client is answered in its own protocol`() async throws {
        let host = try await ChatHost()
        let client = try ChatClient(port: host.ports[0])
        try client.send("EHLO example.org\r\nMAIL FROM:<a@b>\r\nana: x\r\n")
        let lines = try await client.rest()
        #expect(lines.count == 1 && lines.first?.hasPrefix("554 ") == true)
    }

    @Test func `a client with a name may say such lines`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("GET / HTTP/1.1\nEHLO x\nSSH-2.0-x\n")
        #expect(
            try await ana.barrier() == ["ana: GET / HTTP/1.1", "ana: EHLO x", "ana: SSH-2.0-x"])
    }

    // MARK: - The greeting

    @Test(arguments: Language.allCases)
    func `a new client is told how to enter, before anything else`(language: Language) async throws
    {
        let host = try await ChatHost(language: language) { $0.options.greeting = nil }
        let port = await host.port()
        let silent = try ChatClient(port: host.ports[0])
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana:\n")
        #expect(try await ana.line()?.contains(": [info] ") == true)
        #expect(try await ana.line()?.hasPrefix("ana ") == true)
        try await port.publish("hola", from: "eva")
        #expect(try await ana.line() == "eva (otro): hola")
        host.test.advance(by: Self.silence)
        let lines = try await silent.lines(3)
        #expect(lines[0].contains(": [info] "))
        #expect(lines[0].contains("/nick"))
        #expect(lines[1].hasPrefix("ana "))
        #expect(lines[2] == "eva (otro): hola")
        // A client that says nothing at all, and closes, gets it too.
        let deaf = try ChatClient(port: host.ports[0])
        deaf.finishSending()
        #expect(try await deaf.rest() == [lines[0]])
    }

    @Test func `the greeting is one's own, of several lines or none`() async throws {
        let host = try await ChatHost([
            .init("a") { $0.options.greeting = "Hola.\nSe \u{1B}habla de todo." },
            .init("b") { $0.options.greeting = "" },
        ])
        let ana = try ChatClient(port: host.ports[0])
        #expect(
            try await ana.barrier() == [
                "servidor: [info] Hola.", "servidor: [info] Se habla de todo.",
            ])
        #expect(try await ChatClient(port: host.ports[1]).barrier() == [])
    }

    // MARK: - Without a name

    @Test func `a guest speaks under a name that nobody may choose`() async throws {
        let host = try await ChatHost { $0.options.nameless = .guest }
        let reader = try await host.client()
        let (one, two) = (try await host.client(), try await host.client())
        try one.send("hola\n//x\n/me saluda\ninvitado-1: mío\n")
        let first = [
            "invitado-1 se ha unido al chat.", "invitado-1: hola", "invitado-1: /x",
            "invitado-1: * invitado-1 saluda", "invitado-1: mío",
        ]
        #expect(try await one.barrier() == first)
        try two.send("buenas\n/nick invitado-9\n/nick Ｇｕｅｓｔ-1\ninvitado-1: x\nGuest‐3: y\n")
        let second = [
            "invitado-2 se ha unido al chat.", "invitado-2: buenas", "invitado-2: invitado-1: x",
            "invitado-2: Guest‐3: y",
        ]
        let answers = try await two.barrier()
        #expect(answers.filter { $0.contains("[bad-name]") }.count == 2)
        #expect(answers.filter { !$0.contains("[bad-name]") } == first + second)
        #expect(try await reader.barrier() == first + second)
    }

    @Test func `a guest may take a name by speaking with it`() async throws {
        let host = try await ChatHost { $0.options.nameless = .guest }
        let bob = try await host.client("bob")
        let guest = try await host.client()
        try guest.send("hola\nbob: hola\nana: hola\nuno\neva: dos\n")
        #expect(
            try await guest.barrier() == [
                "invitado-1 se ha unido al chat.", "invitado-1: hola",
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
                "invitado-1 ahora es ana.", "ana: hola", "ana: uno", "ana: eva: dos",
            ])
        let other = try await host.client()
        try other.send("hola\neva se ha unido al chat.\nadiós\n/quit\n")
        #expect(
            try await other.rest() == [
                "invitado-2 se ha unido al chat.", "invitado-2: hola", "invitado-2 ahora es eva.",
                "eva: adiós", "eva ha abandonado el chat.",
            ])
        withExtendedLifetime(bob) {}
    }

    @Test func `guests count as people anywhere else`() async throws {
        let host = try await ChatHost(language: .en) { $0.options.nameless = .guest }
        let guest = try await host.client()
        try guest.send("/who\nhello\n/who\nguest-1 left the chat.\n")
        #expect(
            try await guest.rest() == [
                "server: [ok] 0", "guest-1 joined the chat.", "guest-1: hello",
                "server: [info] guest-1 (tcp)", "server: [ok] 1", "guest-1 left the chat.",
            ])
    }

    @Test func `the first line is the name where the bridge says so`() async throws {
        let host = try await ChatHost { $0.options.nameless = .name }
        let reader = try await host.client("bob")
        let ana = try await host.client()
        try ana.send("/who\na:b\nbob\n Ana María \nhola\nAna María: qué\n")
        let said = ["Ana María se ha unido al chat.", "Ana María: hola", "Ana María: qué"]
        #expect(
            try await ana.barrier() == [
                "servidor: [info] bob (tcp)", "servidor: [ok] 1",
                "servidor: [bad-name] Un nombre no puede llevar «:».",
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
            ] + said)
        #expect(try await reader.barrier() == said)
    }

    @Test func `a missing space is pointed out`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client()
        try ana.send("ana:hola\nhttp://x\nhola\nana : hola\nana:qué\n<ana> tal\n[ANA]: bien\n")
        let missing =
            "servidor: [need-name] Falta un espacio detrás de los dos puntos: NOMBRE: TEXTO"
        let needed = "servidor: [need-name] Primero di quién eres: NOMBRE: TEXTO, o /nick NOMBRE"
        #expect(
            try await ana.barrier() == [
                missing, needed, needed, "ana se ha unido al chat.", "ana: hola", "ana: qué",
                "ana: tal", "ana: bien",
            ])
    }
}
