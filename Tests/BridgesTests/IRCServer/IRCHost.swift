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
    private let bridges: [RunningBridge]

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
        var options = IRCServer.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        options.historyOnJoin = 0
        change(&options)
        let irc = await test.start(
            IRCServer(options, test.context()), on: test.port("irc", direction: direction))
        var web: UInt16 = 0
        if options.websocket != nil {
            web = await test.listeningPort { $0.sentence.contains("WebSocket") }
        }
        var chat = TCP.Options()
        chat.listen = .network(host: "127.0.0.1", port: 0)
        chat.greeting = ""
        chat.commands.burst = 1_000_000
        let tcp = await test.start(TCP(chat, test.context()), on: test.port("tcp"))
        (port, webPort, chatPort) = (irc.port, web, tcp.port)
        bridges = [irc, tcp]
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
        try await test.waitUntilEnded(bridges)
    }
}
