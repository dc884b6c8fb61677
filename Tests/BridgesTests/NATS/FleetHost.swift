import Chat
import Locking
import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

/// An instance with a nats bridge, on a bus of its own.
///
/// Safe from any thread.
final class FleetHost: Sendable {
    let test: TestBus
    let port: MessageBus.Port
    /// People of the instance.
    let people: MessageBus.Port
    let run: Task<Void, any Error>
    let store: MemoryStore

    /// Starts an instance.
    ///
    /// - Parameter store: what outlives it.
    init(
        _ name: String, _ server: String, store: MemoryStore = MemoryStore(),
        rooms: [String] = ["general"], middlewares: [any Middleware] = [],
        direction: Direction = .both, later: Duration = .zero,
        change: (inout NATS.Options) -> Void = { _ in }
    ) async throws {
        self.store = store
        let test = try TestBus(
            rooms: rooms, namePolicy: .chat(.es), middlewares: middlewares, store: store)
        self.test = test
        test.advance(by: later)
        people = await test.port("chat", senderFormat: "{name}")
        port = await test.port("fleet", direction: direction, isFleet: true)
        var options = NATS.Options()
        options.servers = [server]
        change(&options)
        let context = Context(
            name: name, language: .es, log: test.log.log, executor: test.loop,
            files: { _ in RecordedLines() })
        let bridge = try NATS(options, context, time: PauseClock(ContinuousClock()))
        let port = port
        run = Task { try await test.run(bridge, on: port) }
    }

    deinit { run.cancel() }

    /// Returns when the bridge is ready and has a stream.
    func untilConnected() async { await logged("connected to") }

    /// Returns the first line of the log that contains some words, once there is one.
    @discardableResult
    func logged(_ words: String) async -> String {
        await test.log.first { $0.sentence.contains(words) }.sentence
    }

    /// Has a person say something.
    @discardableResult
    func say(_ text: String, from name: String = "ana", _ change: (inout Draft) -> Void = { _ in })
        async throws -> MessageNumber
    {
        var draft = Draft(text, from: name)
        change(&draft)
        return try await people.publish(draft).number
    }

    /// Returns what people read from the start of the instance on, until a text comes.
    func read(until text: String, in room: String = "general") async -> [Message] {
        var result: [Message] = []
        for await message in people.messages(in: room) {
            result.append(message)
            if message.text == text { break }
        }
        return result
    }

    /// Returns the first message that people read and that is meant.
    func firstMessage(where isMeant: (Message) -> Bool) async -> Message? {
        for await message in people.messages where isMeant(message) { return message }
        return nil
    }

    /// Returns when so many messages were put into the stream.
    func untilSent(_ count: UInt64) async {
        while !Task.isCancelled {
            let state = store.disk.checkpoints["fleet"]?[OutboxProgress.checkpointKey("general")]
            if let progress = state.flatMap({ OutboxProgress($0) }), progress.count >= count {
                return
            }
            await test.settle()
        }
    }

    /// Stops the bus, and returns when the bridge has ended.
    func stop() async throws {
        test.stop()
        try await run.value
    }
}
