import MessageBus
import Sockets
import TestSupport

@testable import Chat
@testable import IRCServerBridge
@testable import TCPBridge

/// An ircd bridge on a port of its own, on a bus whose time a test turns by hand; beside it a tcp
/// bridge.
///
/// Safe from any thread.
final class IRCHost: Sendable {
    let test: TestBus
    /// The port of the ircd bridge.
    let port: UInt16
    /// The port for WebSockets; 0 without one.
    let webPort: UInt16
    /// The port of the tcp bridge.
    let chatPort: UInt16
    private let runs: [Task<Void, any Error>]

    /// Starts the bridges and returns when they listen.
    init(
        rooms: [String] = ["general", "otra"], direction: Direction = .both,
        middlewares: [any Middleware] = [], store: any MessageStore = VolatileStore(),
        accounts: FakeAccounts? = nil, clock: ManualClock = ManualClock(),
        _ change: (inout IRCServer.Options) -> Void = { _ in }
    ) async throws {
        test = try TestBus(
            rooms: rooms, language: .en, namePolicy: .chat(.en), middlewares: middlewares,
            store: store, accounts: accounts, clock: clock)
        if store.outlivesProcess { try await test.bus.recall() }
        let context = Context(
            name: "puente", language: .en, log: test.log.log, executor: test.loop,
            files: { _ in NoFile() })
        var options = IRCServer.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        options.historyOnJoin = 0
        change(&options)
        let irc = try await Self.start(
            IRCServer(options, context), named: "irc", direction: direction, on: test)
        var web: UInt16 = 0
        if options.websocket != nil {
            let entry = await test.log.first { $0.sentence.contains("WebSocket") }
            web = Self.port(in: entry.sentence)
        }
        var chat = TCP.Options()
        chat.listen = .network(host: "127.0.0.1", port: 0)
        chat.greeting = ""
        chat.commands.burst = 1_000_000
        let tcp = try await Self.start(
            TCP(chat, context), named: "tcp", direction: .both, on: test)
        (port, webPort, chatPort) = (irc.port, web, tcp.port)
        runs = [irc.run, tcp.run]
    }

    private static func start(
        _ bridge: any Bridge, named name: String, direction: Direction, on test: TestBus
    ) async throws -> (port: UInt16, run: Task<Void, any Error>) {
        let attachment = BridgeAttachment(
            name: name, room: "general", direction: direction, chain: Chain([]),
            outgoing: Chain([]))
        await test.bus.attach(attachment)
        await test.bus.begin(attachment)
        let port = Port(bus: test.bus, attachment: attachment)
        let run = Task { try await test.run(bridge, on: port) }
        let entry = await test.log.first {
            $0.bridge == name && $0.sentence.contains("127.0.0.1:")
        }
        return (Self.port(in: entry.sentence), run)
    }

    private static func port(in sentence: String) -> UInt16 {
        UInt16(sentence.split(separator: ":").last?.prefix(while: \.isNumber) ?? "") ?? 0
    }

    // MARK: - Clients

    /// Returns a client that has said nothing.
    func socket(receiveBuffer: Int32? = nil) throws -> IRCTestClient {
        IRCTestClient(try LoopbackSocket(port: port, receiveBuffer: receiveBuffer))
    }

    /// Returns a client with a nick, in rooms, that has read all it was told until then.
    func client(
        _ nick: String, _ capabilities: String = "", in rooms: [String] = ["general"],
        receiveBuffer: Int32? = nil
    ) async throws -> IRCTestClient {
        let client = try socket(receiveBuffer: receiveBuffer)
        try client.send("CAP LS 302")
        if !capabilities.isEmpty { try client.send("CAP REQ :\(capabilities)") }
        try client.send("NICK \(nick)", "USER \(nick) 0 * :Real \(nick)", "CAP END")
        for room in rooms { try client.send("JOIN #\(room)") }
        _ = try await client.barrier()
        return client
    }

    /// Returns a client of the tcp bridge.
    func chat(_ name: String) async throws -> ChatClient {
        let client = try ChatClient(port: chatPort)
        try client.send("/nick \(name)\n")
        try await client.barrier()
        return client
    }

    // MARK: - The end

    /// Stops the bus and returns when the bridges have ended.
    func stop() async throws {
        test.stop()
        let turning = Task { [test] in
            while !Task.isCancelled {
                test.advance(by: .milliseconds(20))
                await test.settle()
            }
        }
        defer { turning.cancel() }
        for run in runs { try await run.value }
    }
}

private struct NoFile: LineSink {
    func write(_ line: String) -> Bool { true }
}
