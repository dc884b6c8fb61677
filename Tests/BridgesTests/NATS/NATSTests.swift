import Chat
import JSON
import MessageBus
import Testing
import TestSupport

@testable import NATSBridge

@Suite struct NATSTests {
    /// Drops what has a word in it.
    private struct Censor: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains("casino") ? .drop("no") : .pass
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `what is said on one instance is said on the other, judged once`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        let sur = try await FleetHost("sur", server.address, middlewares: [Censor()])
        await norte.untilConnected()
        await sur.untilConnected()
        for index in 0..<600 { try await norte.say("m\(index)") }
        try await norte.say("casino")
        try await norte.test.port("telegram").publish("fin", from: "Eva")
        let read = await sur.read(until: "fin").filter { $0.kind == .message }
        #expect(read.map(\.text) == (0..<600).map { "m\($0)" } + ["casino", "fin"])
        #expect(read.first?.sender.name == "ana (norte)")
        #expect(read.last?.sender.name == "Eva (telegram, norte)")
        try await sur.say("de vuelta", from: "bob")
        let back = await norte.read(until: "de vuelta")
        #expect(back.last?.sender.name == "bob (sur)")
        #expect(!back.contains { $0.text == "m7" })
        try await norte.stop()
        try await sur.stop()
    }

    @Test(.timeLimit(.minutes(10)))
    func `a backlog goes out in order, without what is deleted, too large or a stranger's`()
        async throws
    {
        let server = try await NATSServer(configuration: "max_payload: 8KB")
        server.kill()
        let norte = try await FleetHost("norte", server.address)
        var expected: [String] = []
        let filler = String(repeating: "x", count: 300)
        for index in 0..<1_000 {
            switch index {
            case 100: try await norte.say(String(repeating: "y", count: 9_000))
            case 200: _ = try await norte.people.delete(try await norte.say("secreto"))
            default:
                expected.append("m\(index)\(index.isMultiple(of: 7) ? filler : "")")
                try await norte.say(expected.last ?? "")
            }
        }
        try await server.start()
        let sur = try await FleetHost("sur", server.address)
        try await norte.say("fin")
        let read = await sur.read(until: "fin").filter { $0.kind == .message }
        #expect(read.map(\.text) == expected + ["fin"])
        #expect(norte.test.log.sentences.count { $0.contains("is not shared: it has 90") } == 1)
        await norte.untilSent(UInt64(expected.count) + 1)
    }

    @Test(.timeLimit(.minutes(10)))
    func `replies, edits and deletions find their message`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        let sur = try await FleetHost("sur", server.address)
        await norte.untilConnected()
        await sur.untilConnected()
        let first = try await norte.say("la primera") {
            $0.origin = Origin(channel: "c", remoteID: "1")
            $0.isLinked = true
        }
        let there = try #require(await sur.read(until: "la primera").last)
        try await sur.say("una respuesta", from: "bob") {
            $0.reply = Quotation(number: there.number, name: "", excerpt: "")
        }
        let reply = try #require(await norte.read(until: "una respuesta").last)
        #expect(reply.reply?.number == first)
        #expect(reply.reply?.excerpt == "la primera")
        try await norte.say("la corregida") {
            $0.kind = .edit
            $0.origin = Origin(channel: "c", remoteID: "1")
            $0.isLinked = true
        }
        let edit = try #require(await sur.read(until: "la corregida").last)
        #expect(edit.kind == .edit)
        #expect(edit.correctedNumber == there.number)
        _ = try await norte.people.delete(first)
        let deletion = try #require(await sur.firstMessage { $0.kind == .deletion })
        #expect(deletion.deletedNumber == there.number)
        #expect(sur.port.isDeleted(there.number))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a broker that is killed loses nothing, and nothing comes twice`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        let sur = try await FleetHost("sur", server.address)
        await norte.untilConnected()
        await sur.untilConnected()
        for index in 0..<300 {
            if index == 100 { server.kill() }
            try await norte.say("m\(index)")
            if index == 200 { try await server.start() }
        }
        try await norte.say("fin")
        let read = await sur.read(until: "fin")
        #expect(read.map(\.text) == (0..<300).map { "m\($0)" } + ["fin"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `an instance that was away reads what it has missed, once`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        let store = MemoryStore()
        let before = try await FleetHost("sur", server.address, store: store)
        await norte.untilConnected()
        await before.untilConnected()
        try await norte.say("antes")
        _ = await before.read(until: "antes")
        before.run.cancel()
        _ = await before.run.result
        for index in 0..<500 { try await norte.say("m\(index)") }
        try await norte.say("fin")
        let after = try await FleetHost(
            "sur", server.address, store: MemoryStore(store.disk))
        let read = await after.read(until: "fin")
        #expect(read.map(\.text) == (0..<500).map { "m\($0)" } + ["fin"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `what a broker has forgotten is put in again`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        await norte.untilConnected()
        let sur = try await FleetHost("sur", server.address)
        await sur.untilConnected()
        for index in 0..<50 { try await norte.say("m\(index)") }
        _ = await sur.read(until: "m49")
        server.kill()
        try server.forget()
        try await server.start()
        await norte.logged("50 of general were put into it again")
        // One that comes now reads it all; one that has it passes over it.
        let este = try await FleetHost("este", server.address)
        try await norte.say("fin")
        #expect(
            await este.read(until: "fin").map(\.text) == (0..<50).map { "m\($0)" } + ["fin"])
        #expect(
            await sur.read(until: "fin").map(\.text) == (0..<50).map { "m\($0)" } + ["fin"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `people are on the list of the other instance, and are whispered to`() async throws {
        let server = try await NATSServer()
        let norte = try await FleetHost("norte", server.address)
        let sur = try await FleetHost("sur", server.address)
        await norte.untilConnected()
        await sur.untilConnected()
        // Told in the list that an instance asks for when it hears of another.
        _ = await norte.people.present(as: "pepe")
        _ = await sur.people.present(as: "bob")
        while try await sur.people.whisper("x", from: "bob", to: "pepe (norte)").verdict != .pass {
            await sur.test.settle()
        }
        _ = try await norte.people.enter("ana")
        let join = try #require(await sur.firstMessage { $0.kind == .join })
        #expect(join.sender.name == "ana (norte)")
        let receipt = try await sur.people.whisper("secreto", from: "bob", to: "ana (norte)")
        #expect(receipt.verdict == .pass)
        for await message in norte.people.privateMessages where message.text != "x" {
            #expect(message.text == "secreto")
            #expect(message.sender.name == "bob (sur)")
            break
        }
        await norte.people.leave(["ana"])
        let leave = try #require(await sur.firstMessage { $0.kind == .leave })
        #expect(leave.sender.name == "ana (norte)")
    }

    @Test(.timeLimit(.minutes(10)))
    func `the later of two living instances with one name shares nothing`() async throws {
        let server = try await NATSServer()
        let first = try await FleetHost("norte", server.address)
        await first.untilConnected()
        try await first.say("hola")
        let second = try await FleetHost("norte", server.address, later: .seconds(1))
        await #expect(throws: BridgeError.self) { try await second.run.value }
        #expect(second.test.log.sentences.contains { $0.contains("its store") })
    }

    @Test(.timeLimit(.minutes(10)))
    func `a stream that does not keep by limits is refused, and said`() async throws {
        let server = try await NATSServer()
        var settings = StreamSettings(name: "PUENTE", replicas: 1, maxAge: .zero, maxBytes: 1 << 20)
        try Self.make(settings, at: server.address) { $0["retention"] = .text("interest") }
        let norte = try await FleetHost("norte", server.address)
        await norte.logged("has retention \"interest\": it must be \"limits\"")
        settings.name = "OTHER"
        #expect(norte.test.log.sentences.contains { $0.contains("made the stream") } == false)
    }

    @Test(.timeLimit(.minutes(10)))
    func `what the stream no longer has is counted and told`() async throws {
        let server = try await NATSServer()
        // Room for some messages only.
        try Self.make(
            StreamSettings(name: "PUENTE", replicas: 1, maxAge: .zero, maxBytes: 20_000),
            at: server.address
        ) { _ in }
        let norte = try await FleetHost("norte", server.address)
        let store = MemoryStore()
        let before = try await FleetHost("sur", server.address, store: store)
        await norte.untilConnected()
        await before.untilConnected()
        try await norte.say("antes")
        _ = await before.read(until: "antes")
        before.run.cancel()
        _ = await before.run.result
        let filler = String(repeating: "x", count: 2_000)
        for index in 0..<40 {
            try await norte.say("m\(index) \(filler)")
            await norte.untilSent(UInt64(index) + 2)
        }
        let after = try await FleetHost(
            "sur", server.address, store: MemoryStore(store.disk))
        let sentence = await after.logged("of other instances are lost in general")
        #expect(sentence.contains("up to"))
        #expect(sentence.contains("of other instances are lost in general"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a wrong password stops a bridge that was never ready`() async throws {
        let server = try await NATSServer(["--user", "u", "--pass", "p"])
        let norte = try await FleetHost("norte", server.address) {
            ($0.user, $0.password) = ("u", Secret("wrong-secret"))
        }
        await #expect(throws: BridgeError.self) { try await norte.run.value }
        #expect(!norte.test.log.sentences.contains { $0.contains("wrong-secret") })
        let right = try await FleetHost("norte", server.address) {
            ($0.user, $0.password) = ("u", Secret("p"))
        }
        await right.untilConnected()
    }

    @Test func `an instance needs a name of its own and a store`() throws {
        let test = try TestBus()
        #expect(throws: BridgeError.self) { try make(named: "puente", test) }
        #expect(throws: BridgeError.self) { try make(named: "norte", test, hasStore: false) }
        try make(named: "norte", test)
    }

    private func make(named name: String, _ test: TestBus, hasStore: Bool = true) throws {
        var options = NATS.Options()
        options.servers = ["nats://127.0.0.1"]
        var context = Context(
            name: name, language: .es, log: test.log.log, executor: test.loop,
            files: { _ in RecordedLines() })
        context.hasStore = hasStore
        _ = try NATS(options, context)
    }

    /// Makes a stream as somebody else has.
    private static func make(
        _ settings: StreamSettings, at address: String, _ change: (inout [String: JSON]) -> Void
    ) throws {
        let connection = try BrokerConnection(
            to: address, BrokerAccess(servers: [address]), name: "test")
        defer { connection.end() }
        var inbox = try BrokerInbox(connection)
        guard case .object(var members) = settings.configuration else { return }
        change(&members)
        _ = try inbox.call("STREAM.CREATE.\(settings.name)", .object(members))
    }
}
