import MessageBus
import Sockets
import TestSupport

@testable import Chat
@testable import TCPBridge

/// A tcp bridge on a port of its own, on a bus whose time a test turns by hand.
///
/// Safe from any thread.
final class ChatHost: Sendable {
    let test: TestBus
    private let bridges: [RunningBridge]

    /// One tcp bridge among those of a test.
    struct Bridge {
        var name = "tcp"
        var room = "general"
        var direction = Direction.both
        var chain: [any Middleware] = []
        /// More middlewares, with conditions; after those of `chain`.
        var steps: [Chain.Step] = []
        var outgoing: [any Middleware] = []
        var options = TCP.Options()

        init(_ name: String = "tcp", _ change: (inout Bridge) -> Void = { _ in }) {
            self.name = name
            options.listen = .network(host: "127.0.0.1", port: 0)
            options.greeting = ""
            // Tests give many commands, most of them to find out that all has been said.
            options.commands.burst = 1_000_000
            // The kernel gives up by the real time, of which a busy machine needs much.
            options.stalledAfter = .seconds(3_600)
            change(&self)
        }
    }

    /// Starts the bridges and returns when they listen.
    init(
        _ bridges: [Bridge] = [Bridge()], rooms: [String] = ["general"], language: Language = .es,
        middlewares: [any Middleware] = [], store: any MessageStore = VolatileStore(),
        accounts: FakeAccounts? = nil, clock: ManualClock = ManualClock()
    ) async throws {
        test = try TestBus(
            rooms: rooms, language: language, namePolicy: .chat(language), middlewares: middlewares,
            store: store, accounts: accounts, clock: clock)
        var running: [RunningBridge] = []
        for bridge in bridges {
            let attachment = BridgeAttachment(
                name: bridge.name, room: bridge.room, direction: bridge.direction,
                chain: Chain(Self.chain(bridge.chain).steps + bridge.steps),
                outgoing: Self.chain(bridge.outgoing))
            await test.bus.attach(attachment)
            await test.bus.begin(attachment)
            let port = Port(bus: test.bus, attachment: attachment)
            running.append(await test.start(TCP(bridge.options, test.context()), on: port))
        }
        self.bridges = running
    }

    /// The ports that the bridges listen on.
    var ports: [UInt16] { bridges.map(\.port) }
    /// The places of the bridges on the bus.
    var attachments: [BridgeAttachment] { bridges.map(\.attachment) }

    /// Starts one bridge.
    convenience init(
        rooms: [String] = ["general"], language: Language = .es,
        middlewares: [any Middleware] = [], accounts: FakeAccounts? = nil,
        clock: ManualClock = ManualClock(), _ change: (inout Bridge) -> Void
    ) async throws {
        try await self.init(
            [Bridge("tcp", change)], rooms: rooms, language: language, middlewares: middlewares,
            accounts: accounts, clock: clock)
    }

    private static func chain(_ middlewares: [any Middleware]) -> Chain {
        Chain(
            middlewares.map {
                Chain.Step(label: "test", condition: Condition(), middleware: $0)
            })
    }

    /// Returns a client that the server has accepted.
    func client(
        _ name: String? = nil, on bridge: Int = 0, receiveBuffer: Int32? = nil,
        from connectionID: String? = nil
    ) async throws -> ChatClient {
        let client = try ChatClient(
            port: ports[bridge], receiveBuffer: receiveBuffer, from: connectionID)
        if let name { try client.send("/nick \(name)\n") }
        try await client.barrier()
        return client
    }

    /// Returns the port of another bridge on the same bus.
    func port(_ name: String = "otro") async -> Port { await test.port(name) }

    /// Stops the bus and returns when the bridges have ended.
    func stop() async throws {
        test.stop()
        try await ended()
    }

    /// Cancels the bridges, as the supervisor does when it has waited long enough.
    func cancel() { for bridge in bridges { bridge.cancel() } }

    /// Returns when the bridges have ended.
    func ended() async throws {
        try await test.waitUntilEnded(bridges)
    }
}
