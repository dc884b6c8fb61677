import MessageBus
import TestSupport
import Testing

/// The example of the smallest bridge.
@Suite(.timeLimit(.minutes(10))) struct PongTests {
    @Test func `pong answers a ping and nothing else, and ends with the bus`() async throws {
        let bus = try TestBus()
        let (ana, port) = (await bus.port("chat", senderFormat: "{name}"), await bus.port("pong"))
        let run = Task { try await bus.run(Pong(), on: port) }
        try await ana.publish([Draft("hola", from: "ana"), Draft("ping", from: "ana")])
        var messages = ana.messages.makeAsyncIterator()
        let message = await messages.next()
        #expect(message?.text == "pong, ana")
        #expect(message?.isAutomatic == true)
        #expect(message?.sender.name == "pong (pong)")
        bus.stop()
        try await run.value
    }

    @Test func `pong does not answer another program`() async throws {
        let bus = try TestBus()
        let (robot, port) = (await bus.port("robot"), await bus.port("pong"))
        let run = Task { try await bus.run(Pong(), on: port) }
        try await robot.publish("ping", from: "robot", isAutomatic: true)
        try await robot.publish("ping", from: "ana")
        var messages = robot.messages.makeAsyncIterator()
        #expect(await messages.next()?.text == "pong, ana (robot)")
        bus.stop()
        try await run.value
        #expect(await messages.next() == nil)
    }
}
