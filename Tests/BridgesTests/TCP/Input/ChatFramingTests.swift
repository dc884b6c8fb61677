import Sockets
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The lines that bytes become, over real sockets and with the time turned by hand.
@Suite(.timeLimit(.minutes(10))) struct ChatFramingTests {
    private static let silence = Duration.milliseconds(200)

    @Test func `a line may end with CR LF`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client()
        try ana.send("ana: uno\r\nana: dos\n\r\n\nana: tr\res\r\n")
        #expect(
            try await ana.barrier() == [
                "ana se ha unido al chat.", "ana: uno", "ana: dos", "ana: tres",
            ])
    }

    @Test func `the longest line passes and one byte more is refused`() async throws {
        let host = try await ChatHost { $0.options.maxLine = 64 }
        let ana = try await host.client("ana")
        let longest = String(repeating: "x", count: 64)
        try ana.send("\(longest)\n\(longest)\r\n\(longest)y\n\(longest)\(longest)\(longest)\nz\n")
        let tooLong = "servidor: [too-long] La línea es demasiado larga: como mucho 64 bytes."
        // An answer stands behind what was said before it.
        #expect(
            try await ana.barrier()
                == ["ana: \(longest)", "ana: \(longest)", tooLong, tooLong, "ana: z"])
    }

    @Test func `a line too long is refused at once and skipped to its end`() async throws {
        let host = try await ChatHost { $0.options.maxLine = 64 }
        let ana = try await host.client("ana")
        try ana.send(String(repeating: "x", count: 100))
        #expect(try await ana.line()?.hasPrefix("servidor: [too-long] ") == true)
        try ana.send(String(repeating: "y", count: 1_000))
        try ana.send("tail\nhola\n")
        #expect(try await ana.barrier() == ["ana: hola"])
    }

    @Test func `bytes that are not text are refused and cost only their line`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let refused = "servidor: [bad-text] Eso no es texto en UTF-8."
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80]] {
            try ana.send(Array("a".utf8) + bytes + Array("b\nhola\n".utf8))
            #expect(try await ana.barrier() == [refused, "ana: hola"])
        }
    }

    @Test func `characters that could take over a terminal are removed before anything else`()
        async throws
    {
        let host = try await ChatHost()
        let ana = try await host.client()
        try ana.send("a\u{0}n\u{1B}a: h\u{7F}o\u{202E}l\u{2066}a\n")
        try ana.send("ana: \u{1B}[2Jroja\tcon tab\u{9B}\n")
        try ana.send("uno\u{2028}dos\u{2029}tres\n\u{7}\u{7}\n\u{7}/\u{7}nick \u{7}eva\n")
        #expect(
            try await ana.barrier() == [
                "ana se ha unido al chat.", "ana: hola", "ana: [2Jroja\tcon tab",
                "ana: uno dos tres", "ana ahora es eva.",
            ])
    }

    // MARK: - Clients without line endings

    @Test func `a client that sends no LF has its lines ended by a silence`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola")
        try await arrived(host)
        host.test.advance(by: Self.silence - .milliseconds(1))
        #expect(try await reader.barrier() == [])
        host.test.advance(by: .milliseconds(1))
        #expect(try await reader.lines(2) == ["ana se ha unido al chat.", "ana: hola"])
        // Each new piece begins the silence anew.
        try ana.send("ana: qué")
        try await arrived(host)
        host.test.advance(by: Self.silence - .milliseconds(1))
        try ana.send(" tal")
        try await arrived(host)
        host.test.advance(by: Self.silence - .milliseconds(1))
        #expect(try await reader.barrier() == [])
        host.test.advance(by: .milliseconds(1))
        #expect(try await reader.line() == "ana: qué tal")
    }

    @Test func `a character that is cut off waits for its rest`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        let bytes = Array("ana: sí".utf8)
        try ana.send(Array(bytes.dropLast()))
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await reader.barrier() == [])
        try ana.send([bytes[bytes.count - 1]])
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await reader.lines(2) == ["ana se ha unido al chat.", "ana: sí"])
    }

    @Test func `a line break that is pasted mutes nobody whose lines silence ends`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: uno")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await reader.lines(2) == ["ana se ha unido al chat.", "ana: uno"])
        try ana.send("ana: dos\nana: tres")
        #expect(try await reader.line() == "ana: dos")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await reader.line() == "ana: tres")
        try ana.send("ana: cuatro")
        try await arrived(host)
        // When the server stops, the pending text is a line too.
        try await host.stop()
        #expect(try await reader.rest() == ["ana: cuatro"])
    }

    @Test func `half a line of a client with line endings waits for its LF`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: dos\n")
        #expect(try await reader.lines(2) == ["ana se ha unido al chat.", "ana: dos"])
        try ana.send("ana: tr")
        try await arrived(host)
        host.test.advance(by: .seconds(10))
        #expect(try await reader.barrier() == [])
        try ana.send("es\n")
        #expect(try await reader.line() == "ana: tres")
        // Its half line is no line, not even when the server stops.
        try ana.send("ana: medi")
        try await arrived(host)
        try await host.stop()
        #expect(try await reader.rest() == [])
    }

    @Test func `a notice and a text that come as one are two`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let zoe = try ChatClient(port: host.ports[0])
        try zoe.send("zoe se ha unido al chat.")
        try zoe.send("zoe: hola")
        try zoe.send("zoe: a todos")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(
            try await reader.lines(2) == ["zoe se ha unido al chat.", "zoe: holazoe: a todos"])
    }

    @Test func `a byte order mark, NULs and Telnet's negotiation are removed`() async throws {
        let host = try await ChatHost()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send([255, 251, 31, 255, 253, 3, 255, 250, 31, 0, 80, 0, 10, 255, 240])
        try ana.send([0xEF, 0xBB, 0xBF] + Array("ana: ho\0la\r\n".utf8))
        try ana.send(
            [0xEF, 0xBB, 0xBF] + Array("ana: q".utf8) + [255, 241] + Array("ué\r\n\0".utf8))
        #expect(
            try await ana.barrier() == ["ana se ha unido al chat.", "ana: hola", "ana: qué"])
    }

    @Test func `input that waits to be read is no silence`() async throws {
        let store = MemoryStore()
        let host = try await ChatHost([.init()], store: store)
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: uno")
        try await arrived(host)
        // The loop is busy meanwhile: the time passes and the rest comes in one turn.
        let (loop, clock) = (host.test.loop, host.test.clock)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            loop.perform {
                done.resume(with: Result { try ana.send(" y dos\n") })
                clock.advance(by: Self.silence)
            }
        }
        loop.clockHasChanged()
        #expect(
            try await reader.lines(2) == ["ana se ha unido al chat.", "ana: uno y dos"])
    }

    @Test func `a line too long without an LF is skipped up to the next silence`() async throws {
        let host = try await ChatHost { $0.options.maxLine = 64 }
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("ana: hola")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await ana.lines(2) == ["ana se ha unido al chat.", "ana: hola"])
        try ana.send(String(repeating: "x", count: 100))
        #expect(try await ana.line()?.hasPrefix("servidor: [too-long] ") == true)
        try ana.send("ana: todavía")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        try await arrived(host)
        try ana.send("ana: ya")
        try await arrived(host)
        host.test.advance(by: Self.silence)
        #expect(try await ana.line() == "ana: ya")
    }

    /// Returns when the server has read what was sent before: the loop takes its events in the
    /// order in which they come, and a connection is one.
    private func arrived(_ host: ChatHost) async throws {
        _ = try await host.client()
    }

    // MARK: - The end

    @Test func `half a line at the end is a line`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("uno\ndos\r")
        ana.finishSending()
        let expected = ["ana: uno", "ana: dos", "ana ha abandonado el chat."]
        #expect(try await ana.rest() == expected)
        #expect(try await reader.lines(4) == ["ana se ha unido al chat."] + expected)
    }

    @Test func `a client that closes only its sending side still gets what it is owed`()
        async throws
    {
        let host = try await ChatHost()
        let port = await host.port()
        let ana = try await host.client("ana", receiveBuffer: 65_536)
        let text = String(repeating: "x", count: 8_000)
        let count = 400
        for _ in 0..<count / 100 {
            try await port.publish((0..<100).map { _ in Draft(text, from: "eco") })
        }
        try ana.send("fin")
        ana.finishSending()
        let lines = try await ana.rest()
        #expect(lines.count == count + 2)
        #expect(lines.suffix(2) == ["ana: fin", "ana ha abandonado el chat."])
    }

    @Test func `a reset is a leave, announced once`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("media lín")
        try await arrived(host)
        ana.reset()
        #expect(
            try await reader.lines(2) == ["ana se ha unido al chat.", "ana ha abandonado el chat."])
        #expect(try await host.client("ana").barrier() == [])
    }

    @Test func `a reset in the middle of a write costs only itself`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let reader = try await host.client()
        let slow = try await host.client("slow", receiveBuffer: 65_536)
        let text = String(repeating: "x", count: 8_000)
        let reading = Task { try await reader.lines(402) }
        for _ in 0..<4 {
            try await port.publish((0..<100).map { _ in Draft(text, from: "eco") })
        }
        slow.reset()
        let lines = try await reading.value
        #expect(lines.filter { $0 == "slow ha abandonado el chat." }.count == 1)
        #expect(lines.filter { $0 == "eco (otro): \(text)" }.count == 400)
    }
}
