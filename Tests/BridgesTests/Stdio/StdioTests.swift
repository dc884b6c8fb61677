import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import StdioBridge

@Suite(.timeLimit(.minutes(10))) struct StdioTests {
    @Test func `lines come in as messages of the operator`() async throws {
        let stdio = try await StdioFixture.make()
        await stdio.input.write("hola\r\n\n  \n/who is text\nñandú \u{1B}[31m\n")
        #expect(
            await stdio.messages(3) == [
                "operador (stdio): hola", "operador (stdio): /who is text",
                "operador (stdio): ñandú [31m",
            ])
        try await stdio.stop()
    }

    @Test func `a line with a password is refused, and nothing of it is said or logged`()
        async throws
    {
        for form in [Stdio.Form.text, .chat] {
            let stdio = try await StdioFixture.make { $0.lines = form }
            await stdio.input.write(
                """
                /login ana s3cr3t-x
                ana: /login ana s3cr3t-x
                 /REGISTER s3cr3t-x
                /password s3cr3t-x s3cr3t-y
                /unregister s3cr3t-x
                x:/login eva s3cr3t-x
                <x> /login eva s3cr3t-x
                \u{FEFF}/login eva s3cr3t-x
                x: \u{200B}/login eva s3cr3t-x
                ／login eva s3cr3t-x
                hola

                """)
            #expect(await stdio.messages(1) == ["operador (stdio): hola"])
            let entry = await stdio.bus.log.first { $0.sentence.contains("password") }
            #expect(entry.sentence.hasPrefix("1 line with a password not said"))
            #expect(!stdio.bus.log.sentences.contains { $0.contains("s3cr3t") })
            try await stdio.stop()
        }
    }

    @Test func `the last half line is a line, and the bridge goes on writing`() async throws {
        let stdio = try await StdioFixture.make()
        await stdio.input.write("one\ntwo")
        stdio.input.closeWriteEnd()
        #expect(await stdio.messages(2) == ["operador (stdio): one", "operador (stdio): two"])
        _ = await stdio.bus.log.first { $0.sentence == "standard input has ended" }
        try await stdio.other.publish("still there?", from: "ana")
        #expect(await stdio.output.readLine() == "ana: still there?")
        #expect(stdio.bus.shutdownRequests == 0)
        try await stdio.stop()
    }

    @Test func `with exitAtEnd the daemon is asked to stop when all is published`() async throws {
        let stdio = try await StdioFixture.make { $0.exitAtEnd = true }
        await stdio.input.write((1...20_000).map { "\($0)\n" }.joined() + "the end")
        stdio.input.closeWriteEnd()
        let messages = await stdio.messages(.max)
        #expect(messages.count == 20_001)
        #expect(messages.last == "operador (stdio): the end")
        try await stdio.run.value
        #expect(stdio.bus.shutdownRequests == 1)
    }

    @Test func `messages go out, joins and leaves too, but one's own do not`() async throws {
        let stdio = try await StdioFixture.make()
        await stdio.input.write("mine\n")
        _ = await stdio.messages(1)
        try await stdio.other.publish([
            Draft("hola", from: "ana"), Draft("two\nlines", from: "bob"),
            notice(.join, of: "eva"), notice(.leave, of: "eva"),
        ])
        stdio.bus.stop()
        stdio.output.closeAfter(stdio.run)
        #expect(
            await stdio.output.readToEnd() == [
                "ana: hola", "bob: two", "bob: lines", "eva se ha unido al chat.",
                "eva ha abandonado el chat.",
            ])
    }

    private func notice(_ kind: Message.Kind, of name: String) -> Draft {
        var draft = Draft("", from: name)
        draft.kind = kind
        return draft
    }

    @Test func `NAME: TEXT is said by NAME`() async throws {
        let stdio = try await StdioFixture.make { $0.lines = .chat }
        await stdio.input.write(
            "ana: hola\nana: otra\nwithout a name\n12:30 at last\nbob:\n(x): y\n")
        #expect(
            await stdio.messages(5) == [
                "ana (stdio): hola", "ana (stdio): otra", "operador (stdio): without a name",
                "operador (stdio): 12:30 at last", "operador (stdio): (x): y",
            ])
        try await stdio.stop()
    }

    @Test func `bytes that are no text are repaired`() async throws {
        let stdio = try await StdioFixture.make()
        await stdio.input.write([0x61, 0xFF, 0x62, 10, 0x07, 10, 0x31, 0x0D, 0x32, 10])
        #expect(
            await stdio.messages(2) == ["operador (stdio): a\u{FFFD}b", "operador (stdio): 12"])
        try await stdio.stop()
    }

    @Test func `a line that is too long is cut and said in the log`() async throws {
        let stdio = try await StdioFixture.make()
        let long = String(repeating: "x", count: Stdio.maxLineBytes)
        await stdio.input.write("\u{FEFF}\(long)yyy\r\n\(long)\r\nlast\n")
        #expect(
            await stdio.messages(3) == [
                "operador (stdio): \(long) […+3 bytes]", "operador (stdio): \(long)",
                "operador (stdio): last",
            ])
        let entry = await stdio.bus.log.first { $0.level == .warning }
        #expect(entry.sentence == "1 line longer than 65536 bytes cut")
        #expect(entry.bridge == "stdio")
        try await stdio.stop()
    }

    @Test func `the operator is told why lines were dropped`() async throws {
        let stdio = try await StdioFixture.make(middlewares: [NoShouting()])
        await stdio.input.write((1...12).map { "A\($0)\n" }.joined() + "quiet\n")
        #expect(await stdio.messages(1) == ["operador (stdio): quiet"])
        stdio.input.closeWriteEnd()
        _ = await stdio.bus.log.first { $0.sentence == "standard input has ended" }
        let news = stdio.bus.log.entries.filter { $0.level == .info }.map(\.sentence)
        #expect(news.count == 3)
        #expect(news.first == "1 line dropped: loud, not so loud")
        #expect(news.dropFirst().first?.contains("loud (11 more times in the last ") == true)
        #expect(news.last == "standard input has ended")
        try await stdio.stop()
    }

    @Test func `a direction is only one`() async throws {
        let reading = try await StdioFixture.make(direction: .in)
        try await reading.other.publish("unheard", from: "ana")
        await reading.input.write("hola\n")
        // `other` does not get its own.
        #expect(await reading.messages(1) == ["operador (stdio): hola"])
        reading.output.closeAfter(reading.run)
        reading.input.closeWriteEnd()
        #expect(await reading.output.readToEnd() == [])

        let writing = try await StdioFixture.make(direction: .out)
        await writing.input.write("unread\n")
        try await writing.other.publish("heard", from: "ana")
        #expect(await writing.output.readLine() == "ana: heard")
        try await writing.stop()
        writing.input.closeWriteEnd()
        #expect(await writing.input.readToEnd() == ["unread"])
    }

    @Test func `private messages reach the operator, who is listed`() async throws {
        let stdio = try await StdioFixture.make()
        let names = await stdio.whisper("hola", to: "operador (stdio)", from: "ana")
        #expect(names == ["ana", "operador (stdio)"])
        #expect(await stdio.output.readLine() == "ana → operador (stdio) (privado): hola")
        try await stdio.stop()
        #expect(await stdio.bus.bus.perform { $0.person("operador (stdio)") == nil })
    }
}

/// Drops capital letters.
private struct NoShouting: Middleware {
    func handle(_ message: inout Message) -> Verdict {
        message.body.hasPrefix("A") ? .drop("not so loud", code: "loud") : .pass
    }
}

extension TestPipe {
    /// Closes the end to write to when a task has ended.
    func closeAfter(_ task: Task<Void, any Error>) {
        Task {
            _ = await task.result
            closeWriteEnd()
        }
    }
}

extension StdioFixture {
    /// Has somebody enter and send a private message; returns the people in the room afterwards.
    func whisper(_ text: String, to receiver: String, from sender: String) async -> [String] {
        await bus.bus.perform { [attachment = other.attachment] bus in
            guard let room = bus.rooms.first, let receiver = bus.person(receiver) else { return [] }
            let mailbox = Silence()
            let presence = Presence(
                sender: Sender(name: sender, key: sender, bridge: "tcp", identity: 1), room: room,
                delegate: mailbox, hasNotices: false)
            _ = bus.enter(presence, by: attachment)
            defer { bus.leave(presence) }
            var text = text
            _ = text.withUTF8 {
                bus.whisper(UnsafeRawBufferPointer($0), from: presence, to: receiver)
            }
            return withExtendedLifetime(mailbox) { bus.people(in: room).map(\.sender.name) }
        }
    }
}

private final class Silence: PresenceDelegate {
    func deliver(_ message: Message) {}
    var isReachable: Bool { true }
}
