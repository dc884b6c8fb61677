import Chat
import JSON
import MessageBus
import Sockets
import TestSupport

@testable import WebhookBridge

/// A webhook bridge on a bus of its own, by a clock that a test advances.
///
/// Safe from any thread.
final class WebhookHost: Sendable {
    let test: TestBus
    let port: MessageBus.Port
    /// Somebody else on the bus.
    let other: MessageBus.Port
    /// Somebody who reads everything.
    private let reader: MessageBus.Port
    let run: Task<Void, any Error>

    /// Starts a bridge.
    ///
    /// - Parameter options: as in bridge.json.
    init(
        _ options: String, store: any MessageStore = VolatileStore(),
        direction: Direction = .both, middlewares: [any Middleware] = [],
        language: Language = .en, clock: ManualClock = ManualClock()
    ) async throws {
        Signals.ignoreFailedWrites()
        let test = try TestBus(
            language: language, middlewares: middlewares, store: store, clock: clock)
        self.test = test
        other = await test.port("chat", senderFormat: "{name}")
        reader = await test.port("reader")
        port = await test.port("hook", direction: direction)
        let bridge = Webhook(
            try WebhookOptions.decode(options), test.context(), time: PauseClock(test.clock))
        let port = port
        run = Task { try await test.run(bridge, on: port) }
    }

    deinit { run.cancel() }

    /// Returns when the bridge is ready; throws what it ends with otherwise.
    func untilReady() async {
        while await !test.bus.isReady(port.attachment) { await test.settle() }
    }

    /// Returns the first line of the log that contains some words, once there is one.
    @discardableResult
    func logged(_ words: String) async -> String {
        await test.log.first { $0.sentence.contains(words) }.sentence
    }

    /// Has somebody say something.
    @discardableResult
    func say(_ text: String, from name: String = "ana", isAutomatic: Bool = false) async throws
        -> MessageNumber
    {
        var draft = Draft(text, from: name)
        draft.isAutomatic = isAutomatic
        return try await other.publish(draft).number
    }

    /// Advances the clock once something waits for that.
    func turn(by duration: Duration) async {
        await test.clock.untilSomebodySleeps()
        test.advance(by: duration)
    }

    /// Ends the bus, and waits for the bridge.
    func stop() async throws {
        test.stop()
        try await run.value
    }

    // MARK: - The hook

    /// Returns the port that the hook listens on, once it does.
    func hookPort() async -> UInt16 {
        let line = await logged("listening on 127.0.0.1:")
        return UInt16(line.split(separator: ":").last ?? "") ?? 0
    }

    /// Posts to the hook.
    func post(
        _ body: String, _ fields: [String] = [], path: String = "x",
        type: String = "application/json"
    ) async throws -> LoopbackAnswer {
        try await Self.post(body, fields, path: path, type: type, port: await hookPort())
    }

    /// Posts to a port of this machine.
    static func post(
        _ body: String, _ fields: [String] = [], path: String = "x",
        type: String = "application/json", method: String = "POST", port: UInt16
    ) async throws -> LoopbackAnswer {
        let socket = try LoopbackSocket(port: port)
        let lines =
            [
                "\(method) /hooks/\(path) HTTP/1.1", "Host: localhost", "Connection: close",
                "Content-Type: \(type)", "Content-Length: \(body.utf8.count)",
            ] + fields
        try socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n\(body)").utf8))
        let bytes = try await socket.read { bytes, isAtEnd in isAtEnd ? bytes : nil }
        return LoopbackAnswer(bytes)
    }

    /// Returns the first messages of the room, as many as asked for.
    func read(_ count: Int) async -> [Message] {
        var result: [Message] = []
        for await message in reader.messages {
            result.append(message)
            if result.count == count { break }
        }
        return result
    }
}
