import TestSupport
import Testing

@testable import MessageBus

/// Deliveries from a store: only what is kept, all of it, across crashes.
@Suite(.timeLimit(.minutes(10))) struct StoredDeliveriesTests {
    private struct Reject: Middleware {
        let word: String
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains(word) ? .drop("") : .pass
        }
    }

    private struct Fixture {
        let store: MemoryStore
        let test: TestBus
        let speaker: Port
        let reader: Port

        init(_ disk: MemoryStore.Disk = .init(), outgoing: [any Middleware] = []) async throws {
            store = MemoryStore(disk)
            test = try TestBus(rooms: ["general", "logs"], store: store)
            speaker = await test.port("a")
            reader = await test.port("b", outgoing: outgoing)
        }

        func open() async throws -> Deliveries.Iterator {
            reader.deliveries(in: "general").makeAsyncIterator()
        }
    }

    @Test func `nothing is delivered before it is kept`() async throws {
        let fixture = try await Fixture()
        var deliveries = try await fixture.open()
        try await fixture.speaker.publish("1", from: "x")
        #expect(try await deliveries.next()?.message.text == "1")
        fixture.store.hold()
        try await fixture.speaker.publish("2", from: "x")
        let next = Task { [deliveries] in
            var deliveries = deliveries
            return try await deliveries.next()?.message.number
        }
        await fixture.test.settle()
        let kept = fixture.store.committed
        fixture.store.release()
        let number = try #require(try await next.value)
        #expect(number > kept)
    }

    @Test(arguments: [false, true])
    func `at the end what is still being kept is waited for, if it can be kept`(
        fails: Bool
    ) async throws {
        let fixture = try await Fixture()
        var deliveries = try await fixture.open()
        try await fixture.speaker.publish("0", from: "x")
        _ = try await deliveries.next()
        fixture.store.hold()
        try await fixture.speaker.publish("1", from: "x")
        let next = Task { [deliveries] in
            var deliveries = deliveries
            return try await deliveries.next()?.message.text
        }
        await fixture.test.settle()
        await fixture.test.bus.end()
        await fixture.test.settle()
        if fails { fixture.store.change(to: .fails) } else { fixture.store.release() }
        #expect(try await next.value == (fails ? nil : "1"))
    }

    @Test func `what was said while a bridge was down comes when it is back`() async throws {
        let before = try await Fixture()
        var deliveries = try await before.open()
        try await before.speaker.publish("1", from: "x")
        try await deliveries.next()?.acknowledge(as: "r1")
        for text in ["2", "3"] { try await before.speaker.publish(text, from: "x") }
        #expect(try await deliveries.next()?.message.text == "2")
        await before.test.settle()

        let after = try await Fixture(before.store.disk)
        try await after.speaker.publish("4", from: "x")
        var again = try await after.open()
        var seen: [String] = []
        while seen.count < 3, let delivery = try await again.next() {
            seen.append(delivery.message.text)
            try await delivery.acknowledge()
        }
        #expect(seen == ["2", "3", "4"])
        #expect(try await after.reader.numbers(of: "r1").count == 1)
    }

    @Test func `a late reader has all since its start, also what no log has`() async throws {
        let fixture = try await Fixture()
        let rest = String(repeating: "x", count: 1_000)
        var count = 0
        while await fixture.test.bus.perform({ $0.room("general")?.log.start }) == 0 {
            let texts = (count..<count + 100).map { Draft("\($0) \(rest)", from: "x") }
            try await fixture.speaker.publish(texts)
            count += texts.count
        }
        var deliveries = try await fixture.open()
        #expect(try await deliveries.next()?.message.text.hasPrefix("0 ") == true)
    }

    @Test func `what is said while a bridge fails to start waits for it`() async throws {
        let fixture = try await Fixture()
        try await fixture.speaker.publish("1", from: "x")
        let attachment = fixture.reader.attachment
        await fixture.test.bus.finish(attachment)
        await fixture.test.bus.begin(attachment)
        var deliveries = try await fixture.open()
        #expect(try await deliveries.next()?.message.text == "1")
    }

    @Test func `a place that has begun outlives the process before anything is read`() async throws
    {
        let before = try await Fixture()
        try await before.reader.beginDeliveries(in: "general")
        try await before.speaker.publish("1", from: "x")
        await before.test.settle()

        let after = try await Fixture(before.store.disk)
        try await after.reader.beginDeliveries(in: "general")
        var deliveries = try await after.open()
        #expect(try await deliveries.next()?.message.text == "1")
    }

    @Test func `what is its own or dropped is passed over for good`() async throws {
        let fixture = try await Fixture(outgoing: [Reject(word: "no")])
        var deliveries = try await fixture.open()
        try await fixture.speaker.publish("sí", from: "x")
        try await deliveries.next()?.acknowledge()
        let texts = (0..<2_500).map { $0 % 2 == 0 ? "no \($0)" : "\($0)" }
        try await fixture.speaker.publish(
            texts.filter { $0.hasPrefix("no") }.map { Draft($0, from: "x") })
        try await fixture.reader.publish(
            texts.filter { !$0.hasPrefix("no") }.map { Draft($0, from: "x") })
        fixture.test.stop()
        #expect(try await deliveries.next() == nil)
        let cursor = fixture.store.disk.cursors.values.first
        #expect(cursor == fixture.store.disk.messages.last?.number)
    }

    @Test func `messages that went out as one are acknowledged as one`() async throws {
        let fixture = try await Fixture()
        var deliveries = try await fixture.open()
        for text in ["1", "2", "3"] { try await fixture.speaker.publish(text, from: "x") }
        var joined: [Delivery] = []
        for _ in 0..<2 { if let next = try await deliveries.next() { joined.append(next) } }
        try await Delivery.acknowledge(joined, as: ["r", "s"])
        #expect(try await fixture.reader.numbers(of: "r") == joined.map(\.message.number))
        #expect(fixture.store.disk.cursors.values.first == joined[1].message.number)
        #expect(
            try await fixture.reader.remoteID(of: joined[0].message.number) == "r")
        #expect(try await fixture.reader.numbers(of: "s") == joined.map(\.message.number))
    }

    @Test func `a bridge that only brings in is delivered nothing`() async throws {
        let test = try TestBus(store: MemoryStore())
        let port = await test.port("b", direction: .in)
        let speaker = await test.port("a")
        try await speaker.publish("1", from: "x")
        test.stop()
        var deliveries = port.deliveries(in: "general").makeAsyncIterator()
        #expect(try await deliveries.next() == nil)
    }

    @Test func `an edit or answer finds what came with a checkpoint by its origin`() async throws {
        let fixture = try await Fixture()
        var draft = Draft("hola", from: "x")
        draft.origin = Origin(channel: "c", remoteID: "55")
        draft.isLinked = true
        let receipts = try await fixture.reader.publish(
            [draft], checkpoint: Checkpoint(key: "s", state: [1]))
        #expect(try await fixture.reader.numbers(of: "55", in: "c") == [receipts[0].number])
        #expect(try await fixture.reader.numbers(of: "55", in: "d") == [])
    }

    /// Publishes with checkpoints, acknowledges, crashes at any moment, starts again.
    @Test(arguments: Seeded.some)
    func `everything is kept once and delivered until acknowledged`(seed: UInt64) async throws {
        var random = Seeded(seed)
        var disk = MemoryStore.Disk()
        var acknowledged: [MessageNumber] = []
        var highest: MessageNumber = 0
        for _ in 0..<6 {
            let fixture = try await Fixture(disk)
            let kept = try await fixture.speaker.checkpoint("items") ?? []
            var item = kept.first ?? 0
            var deliveries = try await fixture.open()
            // A new reader's place is kept when it is opened; items come after that.
            if disk.cursors.isEmpty {
                try await fixture.speaker.publish("first", from: "x")
                try await deliveries.next()?.acknowledge()
            }
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let count = UInt8.random(in: 1...3, using: &random)
                let drafts = (0..<count).map { Draft("item \(item + $0)", from: "x") }
                item += count
                let checkpoint = Checkpoint(key: "items", state: [item])
                if random.chance(15) {
                    // It crashes with the messages said but not kept.
                    fixture.store.hold()
                    let cut = Task {
                        try await fixture.speaker.publish(drafts, checkpoint: checkpoint)
                    }
                    await fixture.test.settle()
                    cut.cancel()
                    break
                }
                let receipts = try await fixture.speaker.publish(drafts, checkpoint: checkpoint)
                #expect(receipts[0].number > highest)
                highest = receipts[receipts.count - 1].number
            }
            disk = fixture.store.disk
            highest = max(highest, disk.next - 1)
            if fixture.store.isHeld { continue }
            let owed = disk.messages.filter { $0.number > (disk.cursors.values.first ?? 0) }
            for message in owed.prefix(Int.random(in: 0...4, using: &random)) {
                let delivery = try #require(try await deliveries.next())
                // The same ones come again until they are acknowledged.
                #expect(delivery.message.number >= message.number)
                if random.chance(70) {
                    try await delivery.acknowledge()
                    acknowledged.append(delivery.message.number)
                }
            }
            disk = fixture.store.disk
        }
        let texts = disk.messages.map(\.text).filter { $0.hasPrefix("item") }
        #expect(texts == (0..<texts.count).map { "item \($0)" })
        #expect(acknowledged == acknowledged.sorted())
        #expect(Set(acknowledged).count == acknowledged.count)
    }
}
