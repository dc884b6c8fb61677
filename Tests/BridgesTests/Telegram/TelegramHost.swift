import MessageBus
import Sockets
import Synchronization
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

/// A telegram bridge and the server it talks to, by a clock that a test advances.
final class TelegramHost: Sendable {
    let test: TestBus
    let server: BotServer
    let port: Port
    /// Somebody else on the bus.
    let other: Port
    /// Somebody who reads everything.
    let reader: Port
    let run: Task<Void, any Error>

    /// The groups that tests use.
    static let group: Int64 = -1_001_111_111_111
    static let second: Int64 = -1_002_222_222_222

    /// The configuration of a bridge.
    struct Setup {
        var rooms = ["general"]
        var direction = Direction.both
        var language = Language.es
        var name = "telegram"
        var store: any MessageStore = VolatileStore()
        var middlewares: [any Middleware] = []
        var outgoing: [any Middleware] = []
        var options = Telegram.Options()
        var server: BotServer?
        /// The clock of the server, if that was there before.
        var clock: ManualClock?
        /// True if it is waited for until it works.
        var isAwaited = true

        init() {
            options.chats = ["\(TelegramHost.group)": RoomName("general")]
            options.token = Secret(BotServer.token)
        }
    }

    /// Starts a bridge; returns when it works, unless it is not to be waited for.
    init(_ change: (inout Setup) -> Void = { _ in }) async throws {
        var setup = Setup()
        change(&setup)
        test = try TestBus(
            rooms: setup.rooms, language: setup.language, namePolicy: .chat(setup.language),
            middlewares: setup.middlewares, store: setup.store,
            clock: setup.clock ?? ManualClock())
        server = try setup.server ?? BotServer(clock: test.clock)
        var options = setup.options
        if options.api == "https://api.telegram.org" { options.api = server.url }
        let chats = options.places.keys.map(\.chat)
        await server.perform { state in
            for chat in chats where state.chats[chat] == nil { state.chats[chat] = BotChat() }
        }
        other = await test.port("chat", senderFormat: "{name}")
        reader = await test.port("reader")
        port = await test.port(
            setup.name, direction: setup.direction, outgoing: setup.outgoing)
        let run = Self.start(options, test, port)
        self.run = run
        let ending = HasEnded()
        Task {
            _ = await run.result
            ending.flag.store(true, ordering: .relaxed)
        }
        guard setup.isAwaited else { return }
        await pollUntil {
            if ending.flag.load(ordering: .relaxed) { return true }
            return await test.bus.isReady(port.attachment)
        }
    }

    /// Starts the next run, with what the store had.
    func next(
        _ disk: MemoryStore.Disk, _ change: (inout Setup) -> Void = { _ in }
    ) async throws -> TelegramHost {
        try await TelegramHost {
            $0.store = MemoryStore(disk)
            $0.server = server
            $0.clock = test.clock
            change(&$0)
        }
    }

    private static func start(
        _ options: Telegram.Options, _ test: TestBus, _ port: Port
    ) -> Task<Void, any Error> {
        let context = Context(
            name: "puente", language: .es, log: test.log.log, executor: test.loop,
            files: { _ in NoLines() })
        let bridge = Telegram(options, context, time: PauseClock(test.clock))
        return Task { try await test.run(bridge, on: port) }
    }

    // MARK: - Time

    /// Advances the clock a little and lets everybody look at it.
    func step(_ duration: Duration = .milliseconds(50)) async {
        test.advance(by: duration)
        server.clockHasChanged()
        for _ in 0..<4 {
            await test.settle()
            await server.perform { _ in }
            await Task.yield()
        }
    }

    /// Advances the clock until something holds of the server's state.
    func until(
        step: Duration = .milliseconds(50), _ test: @escaping @Sendable (BotServerState) -> Bool
    ) async {
        while await !server.perform(test), !Task.isCancelled { await self.step(step) }
    }

    /// Advances the clock for so long.
    func pass(_ duration: Duration, step: Duration = .milliseconds(100)) async {
        for _ in 0..<Int(duration / step) { await self.step(step) }
    }

    /// Advances the clock until something is done.
    func turning<Value: Sendable>(
        by duration: Duration = .milliseconds(50), _ body: () async -> Value
    ) async -> Value {
        let turning = Task { while !Task.isCancelled { await step(duration) } }
        defer { turning.cancel() }
        return await body()
    }

    /// Advances the clock until the log says something.
    func logged(_ sentence: String) async {
        _ = await turning { await test.log.first { $0.sentence.contains(sentence) } }
    }

    // MARK: - What is said

    /// The first messages of a room.
    func messages(_ count: Int, in room: String = "general") async -> [Message] {
        var result: [Message] = []
        for await message in reader.messages(in: room) {
            result.append(message)
            if result.count == count { break }
        }
        return result
    }

    /// The same as lines, as a chat client sees them.
    func lines(_ count: Int, in room: String = "general") async -> [String] {
        await messages(count, in: room).map(Self.line)
    }

    /// A message as a chat client sees it, but for its notices.
    static func line(_ message: Message) -> String {
        let mark = message.kind == .edit ? "[✎] " : ""
        let reply = message.reply.map { "[↩ \($0.name): \($0.excerpt)] " } ?? ""
        return "\(message.sender.name): \(reply)\(mark)\(message.text)"
    }

    /// Has bob answer a message.
    func answer(_ message: Message, _ text: String) async throws {
        var draft = Draft(text, from: "bob")
        draft.reply = Quotation(
            number: message.number, name: message.sender.name, excerpt: message.text)
        draft.room = message.room
        try await other.publish(draft)
    }

    /// The first message with a text, when somebody says it.
    func said(_ text: String, in room: String = "general") async -> Message? {
        for await message in reader.messages(in: room) where message.text == text {
            return message
        }
        return nil
    }

    /// Returns the messages of the bot in a chat.
    func posts(in chat: Int64 = group) async -> [BotChat.Post] {
        await server.perform { $0.chats[chat]?.posts ?? [] }
    }

    /// Has people in a group say things.
    func say(_ texts: String..., in chat: Int64 = group) async {
        await server.perform { state in for text in texts { state.say(text, in: chat) } }
    }

    // MARK: - The end

    /// Ends it as `kill -9` does: nothing is waited for, the connections are gone.
    func crash() async {
        run.cancel()
        test.loop.stop()
        server.closeConnections()
        await server.perform { _ in }
    }

    /// Stops the bus, and checks that the bridge behaved.
    func stop() async throws {
        test.stop()
        let turning = Task { while !Task.isCancelled { await step() } }
        defer { turning.cancel() }
        try await run.value
        let misbehaviour = await server.perform { $0.misbehaviour }
        #expect(misbehaviour == [])
        #expect(test.log.sentences.filter { $0.contains(BotServer.token) } == [])
    }
}

private final class HasEnded: Sendable {
    let flag = Atomic(false)
}

private struct NoLines: LineSink {
    func write(_ line: String) -> Bool { true }
}
