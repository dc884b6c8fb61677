import MessageBus
import TestSupport
import Testing

/// Bridges that end while the bus goes on.
@Suite struct BridgeEndingTests {
    /// Attaches a bridge in the place of one that has ended.
    private static func successor(of port: Port, on test: TestBus) async -> Port {
        let (bus, old) = (test.bus, port.attachment)
        let new = BridgeAttachment(renewing: old)
        await bus.finish(old)
        await bus.perform { bus in
            bus.detach(old)
            bus.attach(new, inPlaceOf: old)
            bus.begin(new)
        }
        return Port(bus: bus, attachment: new)
    }

    private static func stop(_ port: Port, as ending: BridgeEnding) async {
        let attachment = port.attachment
        await port.bus.perform { $0.stop(attachment, as: ending) }
    }

    @Test func `a reader in the place of another goes on where that one stopped`() async throws {
        let test = try TestBus()
        let (speaker, reader) = (await test.port("speaker"), await test.port("reader"))
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish("one", from: "ana")
        #expect(await messages.nextBatch()?.map(\.text) == ["one"])
        await Self.stop(reader, as: .replaced)
        try await speaker.publish("two", from: "ana")
        #expect(await messages.nextBatch() == nil)
        let successor = await Self.successor(of: reader, on: test)
        try await speaker.publish("three", from: "ana")
        var rest = successor.messages.makeAsyncIterator()
        #expect(await rest.nextBatch()?.map(\.text) == ["two", "three"])
    }

    @Test func `a reader that is removed gets what was said until then`() async throws {
        let test = try TestBus()
        let (speaker, reader) = (await test.port("speaker"), await test.port("reader"))
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish("one", from: "ana")
        #expect(await messages.nextBatch()?.map(\.text) == ["one"])
        try await speaker.publish("two", from: "ana")
        await Self.stop(reader, as: .removed)
        try await speaker.publish("three", from: "ana")
        #expect(await messages.nextBatch()?.first?.text == "two")
        #expect(await messages.nextBatch() == nil)
    }

    @Test func `a reader waits until its bridge has closed its sources`() async throws {
        let test = try TestBus()
        let (speaker, reader) = (await test.port("speaker"), await test.port("reader"))
        await reader.openIntake()
        var messages = reader.messages.makeAsyncIterator()
        await Self.stop(reader, as: .replaced)
        #expect(await reader.isReplaced)
        try await speaker.publish("one", from: "ana")
        #expect(await messages.nextBatch()?.map(\.text) == ["one"])
        await reader.closeIntake()
        #expect(await messages.nextBatch() == nil)
    }

    @Test func `one bridge is told to end, and no other`() async throws {
        let test = try TestBus()
        let (one, other) = (await test.port("one"), await test.port("other"))
        await Self.stop(one, as: .removed)
        await one.stopping()
        #expect(await one.isStopping)
        #expect(await !other.isStopping)
        #expect(await !test.bus.isStopping)
        test.stop()
        await other.stopping()
    }

    @Test func `nothing comes in by a bridge that has ended`() async throws {
        let test = try TestBus()
        let port = await test.port("old")
        await Self.stop(port, as: .removed)
        let attachment = port.attachment
        await test.bus.perform { $0.detach(attachment) }
        await #expect(throws: PortError.stopped) {
            try await port.publish("late", from: "ana")
        }
    }

    @Test func `private messages wait for the bridge that goes on`() async throws {
        let test = try TestBus()
        let (speaker, reader) = (await test.port("speaker"), await test.port("reader"))
        var messages = reader.messages.makeAsyncIterator()
        try await speaker.publish("one", from: "ana")
        #expect(await messages.nextBatch()?.map(\.text) == ["one"])
        await Self.stop(reader, as: .replaced)
        let (attachment, message) = (reader.attachment, Message.make("psst", isPrivate: true))
        await test.bus.perform { _ in attachment.deliver(message) }
        let successor = await Self.successor(of: reader, on: test)
        var rest = successor.messages.makeAsyncIterator()
        #expect(await rest.nextBatch()?.map(\.text) == ["psst"])
    }

    @Test func `rooms of a new configuration are seen once it is used`() async throws {
        let test = try TestBus(rooms: ["general", "casa"])
        let bus = test.bus
        await bus.openPendingRooms(["patio"])
        #expect(await bus.perform { $0.rooms.map(\.name) } == ["general", "casa"])
        #expect(await bus.perform { $0.room("patio") != nil })
        let inside = await test.port("inside", room: "patio")
        // A bridge that is exchanged with them has them, too.
        #expect(await inside.roomNames == ["general", "casa", "patio"])
        var messages = inside.messages.makeAsyncIterator()
        let speaker = await test.port("speaker", room: "patio")
        try await speaker.publish("one", from: "ana")
        #expect(await messages.nextBatch()?.map(\.text) == ["one"])
        await bus.perform { $0.exchangeRooms(for: ["patio", "general"]) }
        #expect(await bus.perform { $0.rooms.map(\.name) } == ["patio", "general"])
        #expect(await bus.perform { $0.room("casa") == nil })
    }

    @Test func `rooms of a configuration that is not used are gone again`() async throws {
        let test = try TestBus()
        let bus = test.bus
        await bus.openPendingRooms(["patio"])
        await bus.perform { $0.closePendingRooms() }
        #expect(await bus.perform { $0.room("patio") == nil })
    }
}
