import Chat
import Foundation
import Locking
import MessageBus
import Sockets
import TestSupport

@testable import ExecBridge

/// A bridge to a program, on a bus of its own.
///
/// The log has everything that a program writes to standard error, so a program that copies its
/// input there shows what it was given.
///
/// Safe from any thread.
final class ExecHost: Sendable {
    let test: TestBus
    let port: MessageBus.Port
    /// Somebody else on the bus.
    let other: MessageBus.Port
    /// The run; it ends with the program, or with the bus.
    let run: Task<Void, any Error>
    let clock: ManualClock

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - script: commands of the shell, which are the program.
    ///   - store: what outlives it.
    init(
        _ script: String, store: any MessageStore = VolatileStore(), rooms: [String] = ["general"],
        direction: Direction = .both, change: (inout Exec.Options) -> Void = { _ in }
    ) async throws {
        Signals.ignoreFailedWrites()
        let test = try TestBus(rooms: rooms, language: .en, store: store)
        self.test = test
        other = await test.port("chat", senderFormat: "{name}")
        port = await test.port("bot", direction: direction)
        var options = Exec.Options()
        options.command = ["sh", "-c", script]
        options.environment = ["READY": Secret(#"{"type":"ready","can":["echo","ack"]}"#)]
        change(&options)
        clock = ManualClock()
        let bridge = Exec(options, test.context(), time: PauseClock(clock))
        let port = port
        run = Task { try await test.run(bridge, on: port) }
    }

    deinit { run.cancel() }

    /// Starts a program with the arguments of a command.
    convenience init(command: [String], store: any MessageStore = VolatileStore()) async throws {
        try await self.init("", store: store) { $0.command = command }
    }

    /// Returns the first line of the log that contains some words, once there is one.
    @discardableResult
    func logged(_ words: String) async -> String {
        await test.log.first { $0.sentence.contains(words) }.sentence
    }

    /// Turns the clock until the log has a line that contains some words.
    func turn(until words: String) async {
        while !test.log.sentences.contains(where: { $0.contains(words) }) {
            clock.advance(by: .milliseconds(100))
            await test.settle()
        }
    }

    /// Returns when the program is ready.
    func untilReady() async {
        while await !test.bus.isReady(port.attachment) { await test.settle() }
    }

    /// Returns the messages of the room that somebody else reads, as many as asked for.
    func read(_ count: Int, in room: String = "general") async -> [Message] {
        var result: [Message] = []
        for await message in other.messages(in: room) {
            result.append(message)
            if result.count == count { break }
        }
        return result
    }

    /// Has something said by a person.
    @discardableResult
    func say(_ text: String, room: String? = nil, isAutomatic: Bool = false) async throws
        -> MessageNumber
    {
        var draft = Draft(text, from: "ana")
        draft.room = room
        draft.isAutomatic = isAutomatic
        return try await other.publish(draft).number
    }
}
