import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct DeliveriesTests {
    /// Returns the messages that one run of a durable bridge sees: it acknowledges as many as it is
    /// told to, reads one more, and fails.
    private func run(
        _ port: Port, on test: TestBus, acknowledging count: Int, channel: String? = nil
    ) async throws -> [String] {
        await test.bus.begin(port.attachment)
        var seen: [String] = []
        var deliveries = port.deliveries(in: "general", for: channel).makeAsyncIterator()
        while seen.count <= count, let delivery = try await deliveries.next() {
            seen.append(delivery.message.text)
            if seen.count <= count { try await delivery.acknowledge(as: "r\(seen.count)") }
        }
        await test.bus.finish(port.attachment)
        return seen
    }

    @Test func `what was acknowledged does not come again, what was not does`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let port = await test.port("b")
        async let first = run(port, on: test, acknowledging: 2)
        await pollUntil { await !test.bus.perform({ $0.bridges[1].cursors.isEmpty }) }
        for count in 1...5 { await speaker.publish1("\(count)") }
        #expect(try await first == ["1", "2", "3"])
        await speaker.publish1("6")
        #expect(try await run(port, on: test, acknowledging: 0) == ["3"])
        #expect(try await run(port, on: test, acknowledging: 3) == ["3", "4", "5", "6"])
    }

    @Test func `a new reader's first message comes again if it was not acknowledged`() async throws
    {
        let test = try TestBus()
        let speaker = await test.port("a")
        await speaker.publish1("before")
        let port = await test.port("b")
        async let first = run(port, on: test, acknowledging: 0)
        await pollUntil { await !test.bus.perform({ $0.bridges[1].cursors.isEmpty }) }
        await speaker.publish1("1")
        #expect(try await first == ["1"])
        await speaker.publish1("2")
        #expect(try await run(port, on: test, acknowledging: 1) == ["1", "2"])
    }

    @Test(arguments: [false, true])
    func `who joins what waits looks without waiting`(keeps: Bool) async throws {
        let test = try keeps ? TestBus(store: MemoryStore()) : TestBus()
        let speaker = await test.port("a")
        let port = await test.port("b")
        var deliveries = port.deliveries(in: "general").makeAsyncIterator()
        #expect(try await !deliveries.fetchAvailable())
        for count in 1...3 { await speaker.publish1("\(count)") }
        await test.settle()
        var seen: [String] = []
        while try await deliveries.fetchAvailable(), let next = try await deliveries.next() {
            seen.append(next.message.text)
        }
        #expect(seen == ["1", "2", "3"])
        test.stop()
        await test.settle()
        #expect(try await deliveries.next() == nil)
        #expect(try await !deliveries.fetchAvailable())
    }

    @Test func `what the bus itself says by a bridge has its plain name`() async throws {
        let test = try TestBus()
        let port = await test.port("b")
        let reader = await test.port("c")
        try await port.announce("hola")
        try await port.publish("hola", from: "servidor")
        var messages = reader.messages.makeAsyncIterator()
        let sentence = await messages.next()
        #expect(sentence?.sender.name == "servidor")
        // Programs that repeat everything do not repeat it.
        #expect(sentence?.isAutomatic == true)
        let forged = await messages.next()
        #expect(forged?.sender.name == "servidor (b)")
        #expect(forged?.isAutomatic == false)
        #expect(port.shownName("x") == "x (b)")
    }

    @Test func `each channel has a cursor of its own`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let port = await test.port("b")
        for channel in ["c1", "c2"] {
            async let first = run(port, on: test, acknowledging: 1, channel: channel)
            await pollUntil { await !test.bus.perform({ $0.bridges[1].cursors.isEmpty }) }
            await speaker.publish1("1")
            await speaker.publish1("2")
            #expect(try await first == ["1", "2"])
        }
        #expect(
            try await run(port, on: test, acknowledging: 2, channel: "c1") == ["2", "1", "2"])
        #expect(try await run(port, on: test, acknowledging: 0, channel: "c2") == ["2"])
    }

    @Test func `deliveries end, drained, when the bus stops`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let port = await test.port("b")
        await speaker.openIntake()
        let reading = Task {
            var seen: [String] = []
            for try await delivery in port.deliveries(in: "general") {
                seen.append(delivery.message.text)
                try await delivery.acknowledge()
            }
            return seen
        }
        await pollUntil { await !test.bus.perform({ $0.bridges[1].cursors.isEmpty }) }
        await speaker.publish1("1")
        test.stop()
        await speaker.publish1("2")
        await speaker.closeIntake()
        #expect(try await reading.value == ["1", "2"])
    }
}
