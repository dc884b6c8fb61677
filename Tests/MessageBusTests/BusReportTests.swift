import Metrics
import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct BusReportTests {
    /// Drops texts with a word, with a code.
    private struct DropWord: Middleware {
        let word: String
        let code: String

        func handle(_ message: inout Message) -> Verdict {
            message.text.contains(word) ? .drop("no", code: code) : .pass
        }
    }

    private func report(of test: TestBus) async -> BusReport {
        await test.bus.perform { $0.report() }
    }

    @Test func `what comes in has passed or was dropped, by step and code`() async throws {
        let test = try TestBus(middlewares: [DropWord(word: "spam", code: "dropped")])
        let attachment = BridgeAttachment(
            name: "a", room: "general",
            chain: Chain([
                Chain.Step(
                    label: "middleware[0] limit", name: "floods", condition: Condition(),
                    middleware: DropWord(word: "fast", code: "rate-limited"))
            ]))
        await test.bus.attach(attachment)
        await test.bus.begin(attachment)
        let port = Port(bus: test.bus, attachment: attachment)
        let texts = ["hola", "spam", "fast", "fast spam", "adiós"]
        try await port.publish(texts.map { Draft($0, from: "x") })
        try await port.publish("", from: "x")
        let report = await report(of: test)
        let bridge = try #require(report.bridges.first)
        #expect(bridge.passed == 2)
        #expect(bridge.dropped == 4)
        let drops = report.steps.map { step in
            "\(step.name): \(step.drops.map { "\($0.code) \($0.count)" }.joined(separator: ", "))"
        }
        #expect(drops == ["bus: dropped 1", "test: dropped 1", "floods: rate-limited 2"])
    }

    @Test func `corrections are messages, joins and leaves are notices`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        var edit = Draft("hola!", from: "x")
        edit.kind = .edit
        var join = Draft("", from: "x")
        join.kind = .join
        var leave = Draft("", from: "x")
        leave.kind = .leave
        try await port.publish([join, Draft("hola", from: "x"), edit, leave])
        let bridge = try #require(await report(of: test).bridges.first)
        #expect(bridge.passed == 2)
        #expect(bridge.notices == 2)
        #expect(bridge.dropped == 0)
    }

    @Test func `what a bridge that only takes out brings is dropped by the bus`() async throws {
        let test = try TestBus()
        let port = await test.port("out", direction: .out)
        try await port.publish("hola", from: "x")
        let report = await report(of: test)
        #expect(report.bridges.first?.dropped == 1)
        #expect(report.steps.first?.drops.first?.code == "forbidden")
    }

    @Test func `what a chain takes from one reader is no drop`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b", outgoing: [DropWord(word: "spam", code: "dropped")])
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish(["spam", "hola"].map { Draft($0, from: "x") })
        #expect(await messages.next()?.text == "hola")
        let report = await report(of: test)
        #expect(report.steps.allSatisfy { $0.drops.isEmpty })
        #expect(report.bridges.last?.deliveries == 1)
    }

    @Test func `for each reader what was said is delivered, skipped or waits`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b")
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish("first", from: "x")
        #expect(await messages.next()?.text == "first")
        try await speaker.publish((1...300).map { Draft("\($0)", from: "x") })
        test.advance(by: .seconds(7))
        await test.settle()
        var bridge = try #require(await report(of: test).bridges.last)
        #expect(bridge.deliveries == 1)
        #expect(bridge.gauges.waiting.map(\.count) == [300])
        #expect(bridge.gauges.waiting.map(\.age) == [.seconds(7)])
        for number in 1...300 { #expect(await messages.next()?.text == "\(number)") }
        bridge = try #require(await report(of: test).bridges.last)
        #expect(bridge.deliveries == 301)
        #expect(bridge.skipped == 0)
        #expect(bridge.waiting == 0)
    }

    @Test func `who skips has that counted`() async throws {
        let test = try TestBus()
        let speaker = await test.port("a")
        let reader = await test.port("b")
        var messages = reader.messages.makeAsyncIterator()
        for start in stride(from: 0, to: 150_000, by: 10_000) {
            try await speaker.publish((start..<start + 10_000).map { Draft("\($0)", from: "x") })
        }
        while await messages.next()?.text != "149999" {}
        let bridge = try #require(await report(of: test).bridges.last)
        #expect(bridge.skipped > 50_000)
        #expect(bridge.deliveries + bridge.skipped == 150_000)
    }

    @Test(arguments: [false, true])
    func `what is not acknowledged waits, and nothing else`(isStored: Bool) async throws {
        let store: any MessageStore = isStored ? MemoryStore() : VolatileStore()
        let test = try TestBus(store: store)
        let speaker = await test.port("a")
        let reader = await test.port("b")
        var deliveries = reader.deliveries(in: "general", for: "c").makeAsyncIterator()
        #expect(try await !deliveries.fetchAvailable())
        var own = Draft("own", from: "x")
        own.origin = Origin(channel: "c")
        try await reader.publish(own)
        try await speaker.publish((1...500).map { Draft("\($0)", from: "x") })
        var waiting = try #require(await report(of: test).bridges.last).gauges.waiting
        #expect(waiting.map(\.count) == [500])
        #expect(waiting.map(\.channel) == ["c"])
        for _ in 1...200 { try await deliveries.next()?.acknowledge(as: "remote") }
        waiting = try #require(await report(of: test).bridges.last).gauges.waiting
        #expect(waiting.map(\.count) == [300])
        for _ in 201...500 { try await deliveries.next()?.acknowledge() }
        let bridge = try #require(await report(of: test).bridges.last)
        #expect(bridge.waiting == 0)
        #expect(bridge.deliveries == 500)
    }

    @Test func `what an earlier run has left waits from the beginning on`() async throws {
        let store = MemoryStore()
        let first = try TestBus(store: store)
        let reader = await first.port("b")
        var deliveries = reader.deliveries(in: "general").makeAsyncIterator()
        #expect(try await !deliveries.fetchAvailable())
        let speaker = await first.port("a")
        for start in stride(from: 0, to: 2_000, by: 500) {
            try await speaker.publish((start..<start + 500).map { Draft("\($0)", from: "x") })
        }
        await first.settle()
        let second = try TestBus(store: MemoryStore(store.disk))
        try await second.bus.recall()
        let again = await second.port("b")
        var rest = again.deliveries(in: "general").makeAsyncIterator()
        #expect(try await rest.fetchAvailable())
        let waiting = try #require(await report(of: second).bridges.last).gauges.waiting
        #expect(waiting.map(\.count) == [2_000])
    }

    @Test func `a bridge counts on after it was run again`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        try await port.publish("hola", from: "x")
        await test.bus.finish(port.attachment)
        await test.bus.record(.failed, of: port.attachment, because: "it broke")
        var bridge = try #require(await report(of: test).bridges.first)
        #expect(bridge.condition.state == .failed)
        #expect(bridge.condition.reason == "it broke")
        #expect(bridge.restarts == 0)
        await test.bus.begin(port.attachment)
        await port.ready()
        try await port.publish("otra", from: "x")
        bridge = try #require(await report(of: test).bridges.first)
        #expect(bridge.condition.state == .ready)
        #expect(bridge.condition.reason == "")
        #expect(bridge.passed == 2)
        #expect(bridge.restarts == 1)
    }

    @Test func `another attachment of the same name counts on`() async throws {
        let test = try TestBus()
        try await test.port("a").publish("hola", from: "x")
        try await test.port("a").publish("otra", from: "x")
        #expect(await report(of: test).bridges.map(\.passed) == [2])
    }

    @Test func `a bridge that was removed begins anew if it comes back`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        try await port.publish("hola", from: "x")
        await test.bus.endStatistics(of: port.attachment)
        #expect(test.bus.conditions.reports.isEmpty)
        try await test.port("a").publish("otra", from: "x")
        #expect(await report(of: test).bridges.map(\.passed) == [1])
        // Another one has the name: its figures stay.
        await test.bus.endStatistics(of: port.attachment)
        #expect(test.bus.conditions.reports.map(\.name) == ["a"])
    }

    @Test func `a bridge whose other side is gone is degraded until it is back`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        // Before it works that is known already, and told once it does.
        port.reportReachability { "from the start" }
        await test.bus.perform { _ in }
        #expect(port.attachment.condition.report.state == .starting)
        await port.ready()
        await pollUntil { port.attachment.condition.report.state == .degraded }
        #expect(port.attachment.condition.report.reason == "from the start")
        port.reportReachability { nil }
        await pollUntil { port.attachment.condition.report.state == .ready }
        test.advance(by: .seconds(5))
        await test.settle()
        port.reportReachability { "nobody answers" }
        await pollUntil { port.attachment.condition.report.state == .degraded }
        let report = port.attachment.condition.report
        #expect(report.state == .degraded)
        #expect(report.reason == "nobody answers")
        #expect(report.since == (await port.now))
        #expect(BridgeState.degraded.isReady)
        port.reportReachability { nil }
        await pollUntil { port.attachment.condition.report.state == .ready }
    }

    @Test func `texts take as long as the turn that they came in`() async throws {
        let test = try TestBus()
        let port = await test.port("a")
        try await port.publish(["one", "two", "three"].map { Draft($0, from: "x") })
        await test.bus.perform { $0.statistics.recordTurn(.milliseconds(3)) }
        await test.bus.perform { $0.statistics.recordTurn(.microseconds(90)) }
        let report = await report(of: test)
        #expect(report.messages.count == 3)
        #expect(report.messages.sum == 9_000_000)
        #expect(report.turns.count == 2)
        #expect(report.turns.sum == 3_090_000)
    }

    @Test func `people are counted by room`() async throws {
        let test = try TestBus(rooms: ["general", "logs"])
        let port = await test.port("a")
        #expect(await port.present(as: "ana"))
        let rooms = await report(of: test).rooms
        #expect(rooms.map { "\($0.name) \($0.people)" } == ["general 1", "logs 0"])
    }

    @Test func `the bus hands over what it knows of its store`() async throws {
        let volatile = try TestBus()
        #expect(await report(of: volatile).store == nil)
        let stored = try TestBus(store: MemoryStore())
        try await stored.port("a").publish("hola", from: "x")
        #expect(await report(of: stored).store?.condition == .keepsUp)
    }
}
