import MessageBus
import TestSupport
import Testing

/// The example of a bridge with a socket of its own.
@Suite(.timeLimit(.minutes(10))) struct LineReceiverTests {
    private let bus: TestBus
    private let reader: Port
    private let port: Port
    private let run: Task<Void, any Error>

    init() async throws {
        bus = try TestBus()
        reader = await bus.port("reader")
        port = await bus.port("lines")
        var options = LineReceiver.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        let bridge = LineReceiver(options, bus.context())
        run = Task { [bus, port] in try await bus.run(bridge, on: port) }
    }

    /// Connects to the port that the log names.
    private func connect() async throws -> ChatClient {
        let entry = await bus.log.first { $0.sentence.hasPrefix("listening on ") }
        let number = try #require(entry.sentence.split(separator: ":").last.flatMap { UInt16($0) })
        return try ChatClient(port: number)
    }

    @Test func `the lines of all clients come in, whole`() async throws {
        var messages = reader.messages.makeAsyncIterator()
        let (one, two) = (try await connect(), try await connect())
        try one.send("the first\r\nhalf a ")
        #expect(await messages.next()?.text == "the first")
        try two.send("another\n")
        #expect(await messages.next()?.text == "another")
        try one.send("line\nand more\n")
        let message = await messages.next()
        #expect(message?.text == "half a line")
        #expect(message?.sender.name == "programs (lines)")
        #expect(await messages.next()?.text == "and more")
        bus.stop()
        try await run.value
    }

    @Test func `at the end clients are let go, and what was read is published`() async throws {
        var messages = reader.messages.makeAsyncIterator()
        let client = try await connect()
        try client.send("one\n")
        #expect(await messages.next()?.text == "one")
        bus.stop()
        #expect(try await client.line() == nil)
        try await run.value
        #expect(await messages.next() == nil)
    }

    @Test func `a client that is gone is forgotten`() async throws {
        var messages = reader.messages.makeAsyncIterator()
        let client = try await connect()
        try client.send("one\ntwo")
        #expect(await messages.next()?.text == "one")
        client.close()
        let next = try await connect()
        try next.send("three\n")
        #expect(await messages.next()?.text == "three")
        run.cancel()
        try await run.value
    }
}
