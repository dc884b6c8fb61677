import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat

@Suite(.timeLimit(.minutes(10))) struct ClientInputReaderTests {
    private typealias Client = TestInputClient<ForgetsInput>

    private let test: TestBus
    private let port: Port

    init() async throws {
        test = try TestBus()
        port = await test.port("chat")
    }

    private func client<Habit: StopHabit>(
        of habit: Habit.Type = ForgetsInput.self
    ) async throws -> TestInputClient<Habit> {
        try await test.bus.perform { _ in
            let client = try TestInputClient<Habit>(test, port)
            client.input.begin([])
            return client
        }
    }

    /// Lets the loop read and act on what was sent.
    private func settle() async { for _ in 0..<6 { await test.settle() } }

    private func send(_ text: String, to client: TestInputClient<some StopHabit>) async {
        await test.bus.perform { _ in client.send(text) }
        await settle()
    }

    private func expect(
        _ client: TestInputClient<some StopHabit>, _ events: [String],
        isRead: Bool = true, location: SourceLocation = #_sourceLocation
    ) async {
        await test.bus.perform { _ in
            #expect(client.events == events, sourceLocation: location)
            #expect(client.stream.isRead == isRead, sourceLocation: location)
        }
    }

    private func end(_ client: TestInputClient<some StopHabit>) async {
        await test.bus.perform { client.finish($0) }
    }

    // MARK: - Reading

    @Test func `input that comes byte by byte is acted on event by event`() async throws {
        let client = try await client()
        for byte in "uno\ndos\n\ntres" { await send(String(byte), to: client) }
        await expect(client, ["uno", "dos", ""])
        await test.bus.perform { _ in #expect(client.reads == 13) }
        await end(client)
    }

    @Test func `what came behind the handshake is acted on first`() async throws {
        let client = try await test.bus.perform { _ in
            let client = try Client(test, port)
            client.send("os\ntres\n")
            client.input.begin(Array("uno\nd".utf8))
            return client
        }
        await settle()
        await expect(client, ["uno", "dos", "tres"])
        await end(client)
    }

    @Test func `what came before the end is found first, and then the end`() async throws {
        let client = try await client()
        await test.bus.perform { _ in
            client.send("uno\ndos\ntr")
            shutdown(client.far, Int32(SHUT_RDWR))
        }
        await settle()
        await test.bus.perform { _ in
            #expect(client.events == ["uno", "dos"])
            #expect(client.isClosed)
        }
        await end(client)
    }

    @Test func `what TLS has received with the handshake is read, and the end behind it found`()
        async throws
    {
        let certificate = try TestCertificate()
        let context = try certificate.files.load()
        let client = try await test.bus.perform { _ in
            try Client(test, port) { near, far in
                try Self.session(context, near, far, with: "uno\ndos\n")
            }
        }
        await test.bus.perform { _ in
            #expect(client.stream.connection.hasHeldInput)
            client.input.begin([])
        }
        await settle()
        await test.bus.perform { _ in
            #expect(client.events == ["uno", "dos"])
            #expect(client.isClosed)
        }
        await end(client)
    }

    /// Returns a session whose client has sent a text and the end with its handshake's last bytes.
    private static func session(
        _ context: TLSContext, _ near: Int32, _ far: Int32, with text: String
    ) throws -> TLSSession {
        let session = try TLSSession(context, TLSTransport(), on: near)
        let engine = try TLSEngine()
        engine.handshake()
        _ = engine.dequeueOutput().withUnsafeBytes { session.handshake($0) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(far, &buffer, buffer.count, 0)
        engine.receive(Array(buffer[..<max(0, count)]))
        let finished = engine.dequeueOutput()
        engine.write(Array(text.utf8))
        engine.finish()
        let all = finished + engine.dequeueOutput()
        #expect(all.withUnsafeBytes { session.handshake($0) } == .done)
        return session
    }

    @Test func `nothing is read while the client may not be read`() async throws {
        let client = try await client()
        await test.bus.perform { _ in client.keepsUp = false }
        await send("uno\n", to: client)
        await expect(client, [], isRead: false)
        await test.bus.perform {
            client.input.continueAfterPause($0)
            #expect(!client.stream.isRead)
        }
        await settle()
        await expect(client, [], isRead: false)
        await test.bus.perform {
            client.keepsUp = true
            client.input.continueAfterPause($0)
        }
        await settle()
        await expect(client, ["uno"])
        await end(client)
    }

    // MARK: - Acting

    @Test func `events wait for an answer, and nothing is read meanwhile`() async throws {
        let client = try await client()
        await send("ask\nuno\n", to: client)
        await send("dos\n", to: client)
        await expect(client, ["ask"], isRead: false)
        await test.bus.perform { _ in
            #expect(client.hasUnread && client.completed == 0)
            client.answer?("answer")
        }
        await settle()
        await expect(client, ["ask", "answer", "uno", "dos"])
        await test.bus.perform { _ in #expect(client.completed == 1) }
        await end(client)
    }

    @Test func `an answer that is not wanted any more is not given`() async throws {
        let client = try await client()
        await send("ask\nuno\n", to: client)
        await test.bus.perform { _ in
            client.takesAnswers = false
            client.answer?("answer")
        }
        await settle()
        await expect(client, ["ask"], isRead: false)
        await end(client)
    }

    @Test func `a question to the store that fails is told`() async throws {
        struct Failure: Error {}
        let client = try await client()
        await test.bus.perform { _ in
            client.ask(
                { _ -> Int in throw Failure() }, then: { answer, _ in #expect(answer == nil) })
            #expect(client.input.isAsking)
        }
        while await test.bus.perform({ _ in client.input.isAsking }) { await settle() }
        await expect(client, [])
        #expect(test.log.sentences.contains { $0.hasPrefix("earlier messages can't be read") })
        await end(client)
    }

    @Test func `what is left when the slice is over waits in the queue, unread`() async throws {
        let client = try await client()
        await test.bus.perform { _ in
            client.send("slow\nslow\nslow\n")
            client.input.handle(.readable)
            #expect(client.events == ["slow"])
            #expect(client.input.inputState.isQueued && !client.stream.isRead)
        }
        await settle()
        await expect(client, ["slow", "slow", "slow"])
        await end(client)
    }

    @Test func `events wait between hold and release`() async throws {
        let client = try await client()
        await send("hold\nuno\n", to: client)
        await expect(client, ["hold"], isRead: false)
        await test.bus.perform { client.input.release($0) }
        await settle()
        await expect(client, ["hold", "uno"])
        await end(client)
    }

    @Test func `an event that has the next ones acted on does not come between them`() async throws
    {
        let client = try await client()
        await send("again\nuno\nagain\ndos\n", to: client)
        await expect(client, ["again", "done", "uno", "again", "done", "dos"])
        await end(client)
    }

    @Test func `nothing is acted on behind a violation, or once the client is sent away`()
        async throws
    {
        let (first, second) = (try await client(), try await client())
        await send("uno\n!\ndos\n", to: first)
        await send("uno\nquit\ndos\n", to: second)
        await test.bus.perform { _ in
            #expect(first.events == ["uno"] && first.violations == 1 && first.isClosed)
            #expect(second.events == ["uno", "quit"] && second.isClosed)
        }
        await end(first)
        await end(second)
    }

    // MARK: - The end

    @Test func `a client that is served while its server stops has all of its input acted on`()
        async throws
    {
        let client = try await client(of: FinishesInput.self)
        await send("ask\nslow\nslow\nuno\nask\ndos\n", to: client)
        await expect(client, ["ask"], isRead: false)
        await test.bus.perform {
            client.isStopping = true
            client.input.stop($0)
        }
        await send("tres\n", to: client)
        await expect(client, ["ask", "slow", "slow", "uno", "ask"], isRead: false)
        await end(client)
    }

    @Test func `the input of any other is forgotten`() async throws {
        let client = try await client()
        await send("ask\nuno\n", to: client)
        await test.bus.perform {
            client.isStopping = true
            client.input.stop($0)
            client.answer?("answer")
        }
        await send("dos\n", to: client)
        await expect(client, ["ask"], isRead: false)
        await test.bus.perform { _ in #expect(client.hasUnread) }
        await end(client)
    }

    @Test func `a closed stream that outlives its server takes nothing more`() async throws {
        try await test.bus.perform { bus in
            let stream: RoomStream<UnreadForm>
            do {
                let client = try TestInputClient<ForgetsInput>(test, port)
                client.input.begin([])
                stream = client.stream
                client.finish(bus)
            }
            stream.send([0x78])
            stream.closeWhenSent([])
            stream.sendPending()
            #expect(!stream.isOpen)
        }
    }
}
