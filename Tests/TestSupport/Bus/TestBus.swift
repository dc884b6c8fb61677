import MessageBus
import Sockets
import Locking

/// A bus on an event loop of its own, whose time a test turns by hand.
///
/// Safe from any thread.
package final class TestBus: Sendable {
    /// The loop, on its own thread.
    package let loop: EventLoop
    /// The clock of the loop.
    package let clock: ManualClock
    /// The bus on it.
    package let bus: Bus
    /// The log of the bus and its bridges.
    package let log = LogRecorder()
    private let requests = Locked(0)
    private let failures = Locked(0)

    /// Starts a bus.
    ///
    /// - Parameters:
    ///   - rooms: the first is the default.
    ///   - middlewares: the common chain, in order.
    package init(
        rooms: [String] = ["general"], language: Language = .es,
        namePolicy: NamePolicy = NamePolicy(),
        middlewares: [any Middleware] = [], store: any MessageStore = VolatileStore(),
        accounts: FakeAccounts? = nil, clock: ManualClock = ManualClock()
    ) throws {
        self.clock = clock
        loop = try EventLoop(clock: clock)
        var settings = Bus.Settings()
        settings.rooms = rooms
        settings.language = language
        settings.namePolicy = namePolicy
        let loop = loop
        accounts?.answer(on: loop)
        settings.accounts = accounts ?? NoAccounts()
        settings.log = log.log(
            by: Log.Times(
                clock: clock,
                later: { delay, action in
                    loop.perform { loop.set(LoopTimer(action), after: delay) }
                }))
        settings.clock = TurnClock(loop)
        bus = Bus(
            settings, chain: Self.chain(middlewares), store: store, executor: loop,
            atTurnEnd: { loop.atTurnEnd($0) })
        let bus = bus
        loop.perform { bus.assumeIsolated { $0.begin() } }
        try loop.start(named: "test loop")
    }

    deinit { loop.stop() }

    private static func chain(_ middlewares: [any Middleware]) -> Chain {
        Chain(
            middlewares.map {
                Chain.Step(label: "test", condition: Condition(), middleware: $0)
            })
    }

    /// Makes a bridge known and begins its run.
    ///
    /// - Parameters:
    ///   - middlewares: what judges what it brings in.
    ///   - outgoing: what judges what it is given.
    package func port(
        _ name: String, room: String = "general", direction: Direction = .both,
        senderFormat: String = "{name} ({bridge})", middlewares: [any Middleware] = [],
        outgoing: [any Middleware] = [], isFleet: Bool = false
    ) async -> Port {
        let attachment = BridgeAttachment(
            name: name, room: room, direction: direction, senderFormat: senderFormat,
            chain: Self.chain(middlewares), outgoing: Self.chain(outgoing), isFleet: isFleet)
        await bus.attach(attachment)
        await bus.begin(attachment)
        return Port(
            bus: bus, attachment: attachment,
            reportFailure: { self.failures.withLock { $0 += 1 } },
            requestShutdown: { self.requestShutdown() })
    }

    /// Runs a bridge as the supervisor does, and returns when it has ended.
    package func run(_ bridge: any Bridge, on port: Port) async throws {
        do {
            try await bridge.run(port)
            await bus.finish(port.attachment)
        } catch {
            await bus.finish(port.attachment)
            throw error
        }
    }

    /// Number of times that a bridge has asked the daemon to stop.
    package var shutdownRequests: Int { requests.withLock { $0 } }

    /// Number of times that a bridge has said that the daemon's run is no success.
    package var reportedFailures: Int { failures.withLock { $0 } }

    private func requestShutdown() {
        requests.withLock { $0 += 1 }
        stop()
    }

    /// Begins to stop, as SIGTERM does.
    package func stop() {
        let bus = bus
        loop.perform { bus.assumeIsolated { $0.stop() } }
    }

    /// Turns the clock, for the loop too.
    package func advance(by duration: Duration) {
        clock.advance(by: duration)
        loop.clockHasChanged()
    }

    /// Returns when all that was handed to the loop before has been done, to the end of its turn.
    package func settle() async {
        for _ in 0..<2 {
            await withCheckedContinuation { continuation in
                loop.perform { continuation.resume() }
            }
        }
    }
}
