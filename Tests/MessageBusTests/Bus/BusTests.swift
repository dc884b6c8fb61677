import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct BusTests {
    private final class Box: PresenceDelegate {
        var isReachable: Bool { true }
        var texts: [String] = []
        func deliver(_ message: Message) { texts.append(message.text) }
    }

    private struct Reject: Middleware {
        let word: String
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains(word) ? .drop("not \(word)", code: "rate-limited") : .pass
        }
    }

    @Test func `numbers rise over all rooms and bridges, dropped messages' included`() async throws
    {
        let test = try TestBus(rooms: ["a", "b"], middlewares: [Reject(word: "no")])
        let one = await test.port("one", room: "a")
        let two = await test.port("two", room: "b")
        var last: MessageNumber = 0
        for round in 0..<50 {
            let port = round % 2 == 0 ? one : two
            let receipts = try await port.publish(["ja", "no", "si"].map { Draft($0, from: "x") })
            #expect(
                receipts.map(\.verdict) == [.pass, .drop("not no", code: "rate-limited"), .pass])
            for receipt in receipts {
                #expect(receipt.number > last)
                last = receipt.number
            }
        }
    }

    @Test func `numbers go on behind the store's, whatever was lost`() async throws {
        let store = VolatileStore()
        var last: MessageNumber = 0
        for _ in 0..<3 {
            // Each is what comes after a crash: only the store remains.
            let test = try TestBus(store: store)
            let port = await test.port("a")
            for _ in 0..<3 {
                let receipts = try await port.publish(
                    (0..<40_000).map { _ in Draft("", from: "x") })
                let rises = zip(receipts, receipts.dropFirst()).allSatisfy { $0.number < $1.number }
                #expect(rises && receipts[0].number > last)
                last = receipts[receipts.count - 1].number
            }
        }
    }

    @Test func `what is brought in is either passed or dropped`() async throws {
        let test = try TestBus(middlewares: [Reject(word: "no")])
        let port = await test.port("a", middlewares: [Reject(word: "nunca")])
        try await port.publish(
            ["vale", "no", "nunca", "nunca no", "dos"].map { Draft($0, from: "x") })
        let counts = await test.bus.perform { bus in
            let attachment = bus.bridges[0]
            return [
                attachment.received, attachment.passed, attachment.dropped,
                bus.rooms[0].log.end.rawValue,
            ]
        }
        #expect(counts == [5, 2, 3, 2])
    }

    @Test(arguments: [
        ("a\rb\u{1B}", true), ("a\rb", false), ("a\r\nb", false), ("a\r\nb\u{1B}", true),
        ("a\r\r\nb\r", false), ("ñ\u{1B}", true), ("ñ", false),
    ])
    func `line endings are no control characters, and hide none`(
        text: String, hadControls: Bool
    ) async throws {
        let test = try TestBus()
        let port = await test.port("a")
        let reader = await test.port("reader")
        try await port.publish(text, from: "x")
        var iterator = reader.messages.makeAsyncIterator()
        #expect(try #require(await iterator.next()).hadControlCharacters == hadControls)
    }

    @Test func `a middleware that throws drops, counts and says so in the log`() async throws {
        struct Broken: Middleware {
            struct Failure: Error, CustomStringConvertible { let description = "no more tea" }
            func handle(_ message: inout Message) throws -> Verdict { throw Failure() }
        }
        let test = try TestBus(middlewares: [Broken()])
        let port = await test.port("a")
        let receipt = try await port.publish("hola", from: "x")
        #expect(receipt.verdict == .drop(""))
        let entry = await test.log.first { $0.level == .error }
        #expect(entry.sentence == "a middleware failed: no more tea" && entry.bridge == "a")
        #expect(await test.bus.perform { $0.bridges[0].dropped } == 1)
    }

    @Test func `a middleware that throws at every message writes two lines in a minute`()
        async throws
    {
        struct Broken: Middleware {
            struct Failure: Error, CustomStringConvertible { let description: String }
            func handle(_ message: inout Message) throws -> Verdict {
                throw Failure(description: "no more tea for \(message.text)")
            }
        }
        let test = try TestBus(middlewares: [Broken()])
        let port = await test.port("a")
        for _ in 0..<50 {
            try await port.publish([Draft("ana", from: "x"), Draft("b", from: "x")])
        }
        await test.settle()
        test.advance(by: .seconds(60))
        let last = await test.log.first { $0.sentence.contains("in the last") }
        #expect(last.level == .error && last.bridge == "a")
        #expect(
            test.log.sentences == [
                "a middleware failed: no more tea for ana",
                "a middleware failed: no more tea for ana (99 more times in the last minute)",
            ])
    }

    @Test func `names are unique over all bridges`() async throws {
        let test = try TestBus()
        let one = await test.port("one", senderFormat: "{name}")
        let two = await test.port("two", senderFormat: "{name}")
        #expect(await one.present(as: "Ana"))
        #expect(await !two.present(as: "ana"))
        #expect(await two.present(as: "Bob"))
        await test.bus.finish(one.attachment)
        #expect(await two.present(as: "ANA"))
        #expect(
            await test.bus.perform { bus in
                bus.people(in: bus.rooms[0]).map { "\($0.sender.name) \($0.sender.bridge)" }
            } == ["ANA two", "Bob two"])
    }

    @Test func `a rename frees the old name and takes the new one`() async throws {
        let test = try TestBus()
        _ = await test.port("one")
        let (worked, said) = await test.bus.perform { bus in
            let (attachment, box) = (bus.bridges[0], Box())
            func sender(_ name: String) -> Sender {
                Sender(name: name, key: name.lowercased(), bridge: "one", identity: 1)
            }
            let ana = Presence(sender: sender("Ana"), room: bus.rooms[0], delegate: box)
            let bob = Presence(sender: sender("Bob"), room: bus.rooms[0], delegate: box)
            let worked = [
                bus.enter(ana, by: attachment) == nil, bus.enter(bob, by: attachment) == nil,
                bus.rename(ana, to: sender("BOB")) == nil,
                bus.rename(ana, to: sender("ANA")) == nil,
                bus.rename(ana, to: sender("Eva")) == nil, bus.person("ana") == nil,
                bus.person("eva") == nil,
            ]
            bus.leave(ana)
            bus.leave(ana)
            let said = bus.rooms[0].log.messages(from: 0, atMost: 99).map {
                "\($0.kind) \($0.sender.name) \($0.other?.name ?? "")"
            }
            return (worked, said)
        }
        #expect(worked == [true, true, false, true, true, true, false])
        #expect(
            said == ["join Ana ", "join Bob ", "rename Ana ANA", "rename ANA Eva", "leave Eva "])
    }

    @Test func `a private message is judged and reaches the two, once each`() async throws {
        let test = try TestBus(middlewares: [Reject(word: "no")])
        let port = await test.port("one")
        let (drops, texts, counts) = await test.bus.perform { bus in
            let attachment = bus.bridges[0]
            let boxes = (0..<3).map { _ in Box() }
            let presences = boxes.enumerated().map { index, box in
                Presence(
                    sender: Sender(
                        name: "p\(index)", key: "p\(index)", bridge: "one", identity: 1),
                    room: bus.rooms[0], delegate: box)
            }
            for presence in presences { _ = bus.enter(presence, by: attachment) }
            let people = presences.compactMap(\.person)
            let drops = [("psst", 0, 1), ("yo", 2, 2), ("no", 0, 1)].map { text, from, to in
                Array(text.utf8).withUnsafeBytes {
                    bus.whisper($0, from: presences[from], to: people[to])
                }
            }
            let counts = [
                attachment.received, attachment.passed, attachment.dropped,
                bus.rooms[0].log.end.rawValue,
            ]
            for presence in presences { bus.leave(presence) }
            return (drops, boxes.map(\.texts), counts)
        }
        #expect(drops == [nil, nil, Drop(code: "rate-limited", reason: "not no")])
        #expect(texts == [["psst"], ["psst"], ["yo"]])
        // Three joins, three private messages.
        #expect(counts == [6, 5, 1, 3])
        withExtendedLifetime(port) {}
    }

    // MARK: - Stopping

    @Test func `stop tells who waits, and the logs end when every intake is closed`()
        async throws
    {
        let test = try TestBus()
        let one = await test.port("one")
        let two = await test.port("two")
        await one.openIntake()
        await two.openIntake()
        await two.openIntake()
        async let told: Void = one.stopping()
        test.stop()
        await told
        #expect(await one.isStopping)
        for port in [two, one] {
            #expect(await !test.bus.isEnding)
            try await port.publish("still", from: "x")
            await port.closeIntake()
        }
        #expect(await !test.bus.isEnding)
        await two.closeIntake()
        #expect(await test.bus.isEnding)
        // One close too many changes nothing.
        await two.closeIntake()
        await #expect(throws: PortError.stopped) { try await two.publish("late", from: "x") }
    }

    @Test func `end does not wait for sources`() async throws {
        let test = try TestBus()
        let port = await test.port("one")
        await port.openIntake()
        await test.bus.end()
        let state = await test.bus.perform { [$0.isStopping, $0.isEnding] }
        #expect(state == [true, true])
    }

    @Test func `a bridge that fails leaves no intake and nobody behind`() async throws {
        let test = try TestBus()
        let port = await test.port("one")
        await port.openIntake()
        await port.present(as: "ana")
        await test.bus.finish(port.attachment)
        test.stop()
        await test.settle()
        #expect(await test.bus.isEnding)
        #expect(await test.bus.perform { $0.people.isEmpty })
    }

    @Test func `waiting for the stop ends with the task`() async throws {
        let test = try TestBus()
        let port = await test.port("one")
        let task = Task { await port.stopping() }
        await pollUntil { port.attachment.stopSignal.hasWaiters }
        task.cancel()
        await task.value
        #expect(await !port.isStopping)
    }

    @Test func `nothing is left of a bridge that has ended`() async throws {
        let test = try TestBus()
        weak var left: BridgeAttachment?
        do {
            let attachment = BridgeAttachment(
                name: "one", room: "general", direction: .both, senderFormat: "{name}",
                chain: Chain(), outgoing: Chain())
            left = attachment
            await test.bus.attach(attachment)
            await test.bus.begin(attachment) { _ = attachment.name }
            await test.bus.perform { bus in
                bus.stop(attachment, as: .removed)
                bus.finish(attachment)
                bus.detach(attachment)
            }
        }
        #expect(left == nil)
    }

    @Test(arguments: [BridgeEnding.replaced, .removed])
    func `counters go on where another bridge takes the place`(ending: BridgeEnding) async throws {
        let test = try TestBus()
        let port = await test.port("one")
        try await port.publish("x", from: "y")
        let goesOn = await test.bus.perform { bus in
            let old = port.attachment
            bus.stop(old, as: ending)
            bus.finish(old)
            bus.detach(old)
            let new = BridgeAttachment(renewing: old)
            bus.attach(new, inPlaceOf: old)
            return new.statistics === old.statistics
        }
        #expect(goesOn == (ending == .replaced))
    }

    @Test func `a checkpoint is kept under its bridge's name`() async throws {
        let test = try TestBus()
        let port = await test.port("one")
        let other = await test.port("two")
        try await port.publish(
            [Draft("x", from: "y")], checkpoint: Checkpoint(key: "f", state: [1, 2]))
        #expect(try await port.checkpoint("f") == [1, 2])
        #expect(try await other.checkpoint("f") == nil)
    }

    @Test func `a bridge that only takes out may not speak`() async throws {
        let test = try TestBus()
        let port = await test.port("one", direction: .out)
        let receipt = try await port.publish("x", from: "y")
        #expect(receipt.verdict == .drop("direction is \"out\"", code: "forbidden"))
        #expect(await test.bus.perform { $0.rooms[0].log.end } == 0)
    }

    @Test func `what the bus says of a bridge that only takes out is said`() async throws {
        let test = try TestBus()
        let port = await test.port("one", direction: .out)
        let receipts = [
            try await port.publish("y", from: "z"), try await port.announce("x"),
        ]
        #expect(receipts.map { $0.verdict == .pass } == [false, true])
        #expect(await test.bus.perform { $0.rooms[0].log.end } == 1)
    }
}
