import Foundation
import IRC
import Locking
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import IRCBridge

/// An irc bridge and the server it talks to, by a clock that a test advances.
///
/// Safe from any thread.
final class IRCHost: Sendable {
    let test: TestBus
    let server: IRCTestServer
    let port: MessageBus.Port
    /// Somebody else on the bus.
    let other: MessageBus.Port
    let run: Task<Void, any Error>

    /// The configuration of a bridge.
    struct Setup {
        var rooms = ["general"]
        var direction = Direction.both
        var store: any MessageStore = VolatileStore()
        var options = IRCClient.Options()
        var server: IRCTestServer?
        var clock: ManualClock?
        /// Changes what the server does, before anybody connects.
        var behaviour: @Sendable (ServerState) -> Void = { _ in }
        /// True if it is waited for until all channels are joined.
        var isAwaited = true

        init() {
            options.nick = "puente"
            options.channels = ["#swift": RoomName("general")]
            options.flood.burst = 1_000
        }
    }

    /// All that a modern server offers.
    static let modern = [
        "message-tags", "server-time", "echo-message", "batch", "labeled-response", "account-tag",
        "draft/multiline=max-bytes=4096,max-lines=10", "draft/message-redaction",
    ]

    /// Starts a bridge; returns when it is in its channels, unless it is not to be waited for.
    init(_ change: (inout Setup) throws -> Void = { _ in }) async throws {
        var setup = Setup()
        try change(&setup)
        test = try TestBus(
            rooms: setup.rooms, namePolicy: .chat(.es), store: setup.store,
            clock: setup.clock ?? ManualClock(startingAt: 1_764_000_000_000))
        server = try setup.server ?? IRCTestServer()
        var options = setup.options
        options.server = try #require(Address("localhost:\(server.port)"))
        await server.perform(setup.behaviour)
        other = await test.port("chat", senderFormat: "{name}")
        port = await test.port("irc", direction: setup.direction)
        let (test, port) = (test, port)
        let bridge = IRCClient(options, test.context())
        run = Task { try await test.run(bridge, on: port) }
        let count = options.channels.entries.count
        if setup.isAwaited {
            await until { $0.test.log.sentences.count { $0.hasPrefix("joined ") } >= count }
        }
    }

    deinit { run.cancel() }

    /// Starts the next run, with what the store had.
    func next(
        _ disk: MemoryStore.Disk, _ change: (inout Setup) throws -> Void = { _ in }
    ) async throws -> IRCHost {
        try await IRCHost {
            $0.store = MemoryStore(disk)
            $0.server = server
            $0.clock = test.clock
            try change(&$0)
        }
    }

    /// Advances the clock a little and lets everybody look at it.
    func step(_ duration: Duration = .milliseconds(20)) async {
        test.advance(by: duration)
        for _ in 0..<3 {
            await test.settle()
            await server.perform { _ in }
            await Task.yield()
        }
    }

    /// Advances the clock until something holds.
    func until(
        _ step: Duration = .milliseconds(20), _ condition: (IRCHost) async -> Bool
    ) async {
        for _ in 0..<Self.maxSteps {
            if await condition(self) { return }
            await self.step(step)
        }
        let last = test.log.sentences.suffix(20).joined(separator: "\n")
        let lines = await server.perform { $0.lines.suffix(20).joined(separator: "\n") }
        Issue.record("it does not come about; the log:\n\(last)\nthe server was told:\n\(lines)")
    }

    /// Steps after which a test has failed.
    private static let maxSteps = 15_000

    /// Advances the clock for a time.
    func pass(_ duration: Duration) async {
        let end = test.clock.now.advanced(by: duration)
        while test.clock.now < end { await step(.milliseconds(250)) }
    }

    /// Returns when a channel was told so many texts, and those.
    func told(_ count: Int, _ channel: String = "#swift") async -> [String] {
        await until { await $0.server.texts(channel).count >= count }
        return await server.texts(channel).map {
            $0.replacing("\u{200B}", with: "").replacing("\u{2060}", with: "")
        }
    }

    /// Has something said by a person in a room.
    @discardableResult
    func say(
        _ text: String, by name: String = "Ana", in room: String? = nil,
        reply: Quotation? = nil
    ) async throws -> MessageNumber {
        var draft = Draft(text, from: name)
        draft.room = room
        draft.reply = reply
        return try await other.publish(draft).number
    }

    /// Has several things said.
    func say(_ texts: [String], in room: String? = nil) async throws {
        try await other.publish(
            texts.map { text in
                var draft = Draft(text, from: "Ana")
                draft.room = room
                return draft
            })
    }

    /// Returns the messages that come into a room while something is done, until there are so many
    /// from the network.
    func heard(
        _ count: Int, in room: String = "general", _ body: () async throws -> Void
    ) async throws -> [Message] {
        let messages = other.messages(in: room)
        let found = FoundMessages()
        let reading = Task {
            for await message in messages where message.sender.bridge == "irc" {
                found.list.withLock { $0.append(message) }
            }
        }
        defer { reading.cancel() }
        try await body()
        await until { _ in found.list.withLock { $0.count } >= count }
        return found.list.withLock { $0 }
    }
}

/// Messages that were read.
private final class FoundMessages: Sendable {
    let list = Locked<[Message]>([])
}
