import Chat
import MessageBus
import Sockets

/// The bridge to other instances, over NATS JetStream: what is said on one is said on all, each
/// message once.
package struct NATS: FleetBridge, DurableBridge {
    let options: Options
    let access: BrokerAccess
    /// The daemon's context.
    let context: Context
    private let instance: String
    private let time: PauseClock
    private let clock: any TimeSource
    private let reusedNumbers = ReusedNumbers()

    /// Makes a bridge that connects to nothing yet.
    ///
    /// - Throws: a sentence if the instance has no name of its own, or keeps nothing, or if its
    ///   credentials file is invalid.
    package init(_ options: Options, _ context: Context) throws {
        try self.init(options, context, time: PauseClock(LoopSleep(context.loop)))
    }

    /// Makes a bridge with other clocks: one for its tasks, one for its threads.
    init(
        _ options: Options, _ context: Context, time: PauseClock,
        clock: any TimeSource = SystemClock()
    ) throws {
        if context.name == "puente" {
            throw BridgeError(
                "instances are told apart by their names: give this one a \"name\" other than "
                    + "puente")
        }
        if !context.hasStore {
            throw BridgeError("nats needs a store, and \"store\" is null")
        }
        self.options = options
        self.context = context
        self.time = time
        self.clock = clock
        instance = context.name
        access = options.access { context.path($0) }
        if let credentials = access.credentials {
            try BrokerKeys.checkCredentials(at: credentials)
        }
    }

    /// Shares rooms until the bus has ended.
    package func run(_ port: Port) async throws {
        do {
            try await share(port)
        } catch is CancellationError where Task.isCancelled {
            // The daemon does not wait for it any longer; the bridge has not failed.
        }
    }

    /// Stores the place in each room from which messages go into the stream.
    package func begin(_ port: Port) async throws {
        guard port.direction != .in else { return }
        for room in await sharedRooms(port).keys.sorted() {
            try await port.beginDeliveries(in: room)
        }
    }

    /// True if new rooms are shared, too.
    package var sharesAllRooms: Bool { options.rooms == nil }

    /// Returns the shared rooms, each with the name that the other instances have for it.
    private func sharedRooms(_ port: Port) async -> [String: String] {
        if let rooms = options.rooms { return rooms.names }
        return Dictionary(await port.roomNames.map { ($0, $0) }) { first, _ in first }
    }

    private func share(_ port: Port) async throws {
        let store = try await port.storeID()
        port.log.info("this instance is \(instance), its store \(store)")
        let phrases = Phrases(port.language)
        let rooms = await sharedRooms(port)
        try await begin(port)
        let fleet = Fleet(
            port: port, phrases: phrases, instance: instance, store: store,
            rooms: FleetRooms(rooms),
            names: FleetNames(format: port.attachment.senderFormat, phrases: phrases),
            resend: options.resend, time: time, clock: clock,
            reusedNumbers: reusedNumbers)
        let run = FleetRun(
            fleet, access, options.settings, sharesPresence: options.presence,
            checkpoints: try await port.checkpoints(), now: await port.now)
        try await run.run()
    }
}

extension Registry {
    /// Registers `nats`.
    package mutating func registerNATS() {
        bridge(
            "nats",
            about: "Several instances as one bus, over NATS JetStream."
        ) { try NATS($0, $1) }
    }
}
