import JSON
import MessageBus
import Sockets
import TestSupport

@testable import Chat
@testable import TCPBridge
@testable import WebBridge

/// A web bridge on a port of its own, on a bus whose time a test turns by hand; beside it a tcp
/// bridge.
///
/// Safe from any thread.
final class WebHost: Sendable {
    let test: TestBus
    /// The port of the web bridge.
    let port: UInt16
    /// The port of the tcp bridge.
    let chatPort: UInt16
    private let bridges: [RunningBridge]

    /// Starts the bridges and returns when they listen.
    init(
        rooms: [String] = ["general", "otra"], direction: Direction = .both,
        middlewares: [any Middleware] = [], store: any MessageStore = VolatileStore(),
        accounts: FakeAccounts? = nil, clock: ManualClock = ManualClock(),
        _ change: (inout Web.Options) -> Void = { _ in }
    ) async throws {
        test = try TestBus(
            rooms: rooms, language: .en, namePolicy: .chat(.en), middlewares: middlewares,
            store: store, accounts: accounts, clock: clock)
        if store.outlivesProcess { try await test.bus.recall() }
        var options = Web.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        // The kernel gives up by the real time, of which a busy machine needs much.
        options.stalledAfter = .seconds(3_600)
        change(&options)
        let web = await test.start(
            Web(options, test.context()), on: test.port("web", direction: direction))
        var chat = TCP.Options()
        chat.listen = .network(host: "127.0.0.1", port: 0)
        chat.greeting = ""
        chat.commands.burst = 1_000_000
        chat.stalledAfter = .seconds(3_600)
        let tcp = await test.start(TCP(chat, test.context()), on: test.port("tcp"))
        (port, chatPort) = (web.port, tcp.port)
        bridges = [web, tcp]
    }

    // MARK: - Clients

    /// Returns a WebSocket that has not said hello.
    func socket(receiveBuffer: Int32? = nil) async throws -> SocketClient {
        let client = try SocketClient(port: port, receiveBuffer: receiveBuffer)
        try await client.handshake()
        return client
    }

    /// Returns a session that differs for each word.
    static func session(_ word: String) -> String {
        word + String(repeating: "0", count: 32 - word.utf8.count)
    }

    /// Says hello with a name, and returns the client when it is welcome, with all that came.
    ///
    /// - Parameter rooms: the rooms and the last numbers seen, as JSON.
    func client(
        _ name: String?, session: String? = nil, rooms: String = #"{"general":null}"#,
        receiveBuffer: Int32? = nil
    ) async throws -> SocketClient {
        let client = try await socket(receiveBuffer: receiveBuffer)
        try hello(client, name, session: session, rooms: rooms)
        try await client.next("welcome")
        return client
    }

    /// Sends a `hello`.
    func hello(
        _ client: SocketClient, _ name: String?, session: String? = nil,
        rooms: String = #"{"general":null}"#
    ) throws {
        let session = session ?? Self.session(name ?? "nobody")
        let named = name.map { #","name":"\#($0)""# } ?? ""
        try client.send(#"{"type":"hello","session":"\#(session)","rooms":\#(rooms)\#(named)}"#)
    }

    /// Returns a client of the tcp bridge.
    func chat(_ name: String) async throws -> ChatClient {
        let client = try ChatClient(port: chatPort)
        try client.send("/nick \(name)\n")
        try await client.barrier()
        return client
    }

    /// Asks by HTTP.
    func ask(
        _ method: String, _ path: String, _ headers: [String] = [], body: String? = nil
    ) async throws -> HTTPAnswer {
        let client = try HTTPClient(port: port)
        try client.send(method, path, headers, body: body)
        return try await client.answer()
    }

    /// Returns when the server has read all requests that were sent before.
    ///
    /// Connections become readable in the order in which their bytes come.
    func settleRequests() async throws {
        _ = try await ask("GET", "/api/rooms")
        await test.settle()
    }

    // MARK: - Time, and the end

    /// Turns the clock second by second.
    func pass(seconds: Int) async {
        for _ in 0..<seconds {
            test.advance(by: .seconds(1))
            await test.settle()
        }
    }

    /// Stops the bus and returns when the bridges have ended.
    ///
    /// - Parameter reading: what is read of the connections first: the clock, which says when one
    ///   that reads nothing is closed, stands still meanwhile.
    func stop(reading: () async throws -> Void = {}) async throws {
        test.stop()
        try await reading()
        try await test.waitUntilEnded(bridges)
    }
}
