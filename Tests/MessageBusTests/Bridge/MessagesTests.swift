import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct MessagesTests {
    @Test func `messages come in order from where the bridge started`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        try await speaker.publish("before", from: "x")
        let reader = await test.port("b")
        try await speaker.publish((1...1_000).map { Draft("\($0)", from: "x") })
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish((1_001...1_500).map { Draft("\($0)", from: "x") })
        var seen: [Message] = []
        while seen.count < 1_500, let message = await messages.next() { seen.append(message) }
        #expect(seen.map(\.text) == (1...1_500).map(String.init))
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.number < $1.number })
        #expect(seen.allSatisfy { $0.missed == 0 && $0.sender.name == "x (a)" })
    }

    @Test func `what a bridge brought is not handed back to it`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        let other = await test.port("b")
        var draft = Draft("from a channel", from: "x")
        draft.origin = Origin(channel: "c1")
        try await port.publish([Draft("own", from: "x"), draft])
        try await other.publish("theirs", from: "x")
        var plain = port.messages.makeAsyncIterator()
        #expect(await plain.next()?.text == "theirs")
        var channels: [String: [String]] = [:]
        for channel in ["c1", "c2"] {
            var messages = port.messages(in: "general", for: channel).makeAsyncIterator()
            while channels[channel]?.last != "theirs", let message = await messages.next() {
                channels[channel, default: []].append(message.text)
            }
        }
        #expect(channels == ["c1": ["own", "theirs"], "c2": ["own", "from a channel", "theirs"]])
    }

    @Test func `who reads slowly is told how many were left out`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b")
        var messages = reader.messages.makeAsyncIterator()
        let count = 150_000
        for start in stride(from: 0, to: count, by: 10_000) {
            try await speaker.publish((start..<start + 10_000).map { Draft("\($0)", from: "x") })
        }
        var expected = 0
        var missed = 0
        while expected < count, let message = await messages.next() {
            missed += Int(message.missed)
            expected += Int(message.missed)
            guard message.text == "\(expected)" else {
                Issue.record("\(message.text) instead of \(expected)")
                break
            }
            expected += 1
        }
        #expect(missed > 50_000)
        let cursor = await test.bus.perform { bus in
            bus.bridges[1].cursors.map { [$0.delivered, $0.skipped] }
        }
        #expect(cursor == [[UInt64(count - missed), UInt64(missed)]])
    }

    @Test func `messages end, drained, when the bus stops`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b")
        await speaker.openIntake()
        async let seen = Self.all(reader.messages)
        await speaker.publish1("one")
        test.stop()
        // BridgeAttachment is over only when each intake says so.
        await speaker.publish1("two")
        await speaker.closeIntake()
        #expect(await seen == ["one", "two"])
        await #expect(throws: PortError.stopped) { try await speaker.publish("three", from: "x") }
        #expect(await Self.all(reader.messages) == ["one", "two"])
    }

    @Test func `reading ends when the task is cancelled, and the cursor is gone`() async throws {
        let test = try TestBus()
        let reader = await test.port("b")
        let task = Task { await Self.all(reader.messages) }
        await pollUntil { await !test.bus.perform({ $0.bridges[0].cursors.isEmpty }) }
        task.cancel()
        #expect(await task.value == [])
        await pollUntil { await test.bus.perform({ $0.bridges[0].cursors.isEmpty }) }
    }

    @Test func `a bridge that only brings in reads nothing but the end`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b", direction: .in)
        async let seen = Self.all(reader.messages)
        await speaker.publish1("one")
        test.stop()
        #expect(await seen == [])
    }

    @Test func `the newest private messages wait for a reader`() async throws {
        let test = try TestBus()
        let reader = await test.port("b")
        #expect(await reader.present(as: "bob"))
        await test.bus.perform { (bus: isolated Bus) -> Void in
            guard let bob = bus.person("bob (b)"), let presence = bob.presences.first else {
                return
            }
            for count in 1...300 {
                _ = Array("\(count)".utf8).withUnsafeBytes {
                    bus.whisper($0, from: presence, to: bob)
                }
            }
        }
        var messages = reader.messages.makeAsyncIterator()
        var seen: [String] = []
        while seen.last != "300", let message = await messages.next() { seen.append(message.text) }
        #expect(seen == (45...300).map(String.init))
    }

    @Test func `a room that does not exist has no messages`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        #expect(await Self.all(port.messages(in: "nowhere")) == [])
        await #expect(throws: PortError.noRoom("nowhere")) {
            var draft = Draft("x", from: "y")
            draft.room = "nowhere"
            try await port.publish(draft)
        }
    }

    @Test func `what a bridge is given goes through its own outgoing chain`() async throws {
        struct Shout: Middleware {
            let arrivals: Tally
            func handle(_ message: inout Message) -> Verdict {
                arrivals.add("\(message.arrival)")
                if message.text == "secret" { return .drop("no") }
                message.text = message.text.uppercased()
                return .pass
            }
        }
        let test = try TestBus()
        let arrivals = Tally()
        let attachment = BridgeAttachment(
            name: "out", room: "general",
            outgoing: Chain([
                Chain.Step(
                    label: "t", condition: Condition(), middleware: Shout(arrivals: arrivals))
            ]))
        await test.bus.attach(attachment)
        await test.bus.begin(attachment)
        let speaker = await test.port("a")
        let plain = await test.port("b")
        test.advance(by: .seconds(7))
        await test.settle()
        for text in ["one", "secret", "two"] { await speaker.publish1(text) }
        test.stop()
        #expect(
            await Self.all(Port(bus: test.bus, attachment: attachment).messages) == ["ONE", "TWO"])
        #expect(await Self.all(plain.messages) == ["one", "secret", "two"])
        // Limits count time by it.
        #expect(arrivals.all == Array(repeating: "\(Duration.seconds(7))", count: 3))
    }

    static func all(_ messages: Messages) async -> [String] {
        var seen: [String] = []
        for await message in messages { seen.append(message.text) }
        return seen
    }
}

extension Port {
    /// Says something that passes.
    func publish1(_ text: String) async {
        do { try await publish(text, from: "x") } catch { Issue.record(error) }
    }
}
