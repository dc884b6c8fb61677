import Chat
import Locking
import MessageBus
import Sockets

/// A nats bridge at work: the broker's threads, an outbox for each room, the inbox, and the tasks
/// that inform people.
///
/// Run by the bridge's task.
struct FleetRun: Sendable {
    private let fleet: Fleet
    private let broker: Broker
    private let publishers: [RoomPublisher]
    private let checkpoints: [String: [UInt8]]
    private let events: EventSignals
    private let presence: FleetPresence

    /// Signals for what happens at the broker.
    ///
    /// Safe from any thread.
    private final class EventSignals: Sendable {
        let settled = AsyncSignal()
        let changed = AsyncSignal()
        let forgotten = AsyncSignal()
        let counted = AsyncSignal()

        func send(_ event: Broker.Event) {
            switch event {
            case .settled: settled.send()
            case .changed: changed.send()
            case .forgotten: forgotten.send()
            case .counted: counted.send()
            }
        }
    }

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - checkpoints: those that an earlier run has left.
    ///   - now: the present time.
    init(
        _ fleet: Fleet, _ access: BrokerAccess, _ settings: StreamSettings, sharesPresence: Bool,
        checkpoints: [String: [UInt8]], now: Timestamp
    ) {
        self.fleet = fleet
        self.checkpoints = checkpoints
        let (events, channel) = (EventSignals(), LiveChannel(store: fleet.store))
        self.events = events
        let position = { (key: String) in
            checkpoints[key].flatMap { StreamPosition($0) } ?? StreamPosition()
        }
        let broker = Broker(
            access, settings, store: fleet.store, rooms: fleet.rooms.there.values.sorted(),
            isReader: fleet.port.direction != .out, position: position(Fleet.readKey),
            sent: position(Fleet.sentKey), log: fleet.log,
            clock: fleet.clock,
            companions: [("nats live", channel.serveAll), ("nats own", channel.serveOwn)]
        ) { events.send($0) }
        self.broker = broker
        presence = FleetPresence(
            fleet, channel, isShared: sharesPresence, since: now,
            isConnected: { broker.isConnected })
        publishers = fleet.rooms.there.sorted { $0.key < $1.key }.map { here, there in
            RoomPublisher(
                fleet, broker, room: here, there: there,
                checkpoints[OutboxProgress.checkpointKey(here)].flatMap { OutboxProgress($0) }
                    ?? OutboxProgress(),
                isInterrupted: checkpoints[RoomPublisher.resendKey(here)] != nil)
        }
    }

    private var port: Port { fleet.port }

    /// Works until the bus has ended.
    ///
    /// - Throws: `BridgeError` if the broker rejects the credentials at the start; whatever the
    ///   store throws.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [broker] in
                    try await DedicatedThread.run(named: "nats") { broker.run() }
                }
                defer { broker.end() }
                try await becomeReady()
                try await workUnlessDuplicate()
                broker.end()
                try await group.waitForAll()
            }
        } onCancel: {
            broker.end()
        }
    }

    /// Waits for the end of the first attempts to connect, one with each server.
    private func becomeReady() async throws {
        let problem = try await fleet.untilStopping { [events, broker] in
            try await events.settled.wait()
            return broker.state.withLock { $0.startRefusal }
        }
        if case .some(.some(let error)) = problem { throw BridgeError("\(error)") }
        await port.ready()
        reportReachability()
        await port.expose { [broker, presence] in
            BridgeGauges(
                broker.state.withLock { $0 }, presence.peers, at: fleet.clock.monotonic())
        }
    }

    private func reportReachability() {
        port.reportReachability { [broker] in broker.problem.map { "\($0)" } }
    }

    /// Works, unless another living instance has this one's name or store.
    private func workUnlessDuplicate() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await presence.receiveMessages() }
            defer {
                presence.channel.send(.bye)
                presence.channel.incoming.end()
                // Tasks that wait for the broker wait no longer.
                broker.end()
            }
            group.addTask { try? await passUsedNumbers() }
            try await checkName()
            group.addTask {
                try await presence.clashed.wait()
                throw BridgeError(presence.clash ?? "another instance has this one's name")
            }
            group.addTask {
                do { try await presence.sharePeople() } catch is CancellationError {}
            }
            group.addTask { await presence.passPrivateMessages() }
            group.addTask {
                try await work()
                throw Finished()
            }
            do {
                for try await _ in group {}
            } catch is Finished {}
            group.cancelAll()
        }
    }

    /// Makes sure that no number is given under which the stream already has a message of ours:
    /// there are some if the store was restored from a backup.
    private func passUsedNumbers() async throws {
        try await events.counted.wait()
        guard let highest = broker.highestOwn else { return }
        if fleet.reusedNumbers.isKnown { return }
        let next = await port.bus.perform { $0.unusedNumber ?? $0.nextNumber() }
        guard highest < next + Self.plausibleGap else {
            fleet.log.warning(
                """
                the stream has a message under this instance's name with the number \(highest), \
                which it can't have given: somebody else has put it there, see the broker's \
                permissions. It is passed over
                """)
            return fleet.reusedNumbers.record(nil)
        }
        let reused = await port.skipNumbers(through: highest)
        if let reused {
            fleet.log.warning(
                """
                the store was restored from a backup: the stream has messages of this instance up to \
                #\(highest). Numbers go on behind that; what was said since the start, from \
                #\(reused.lowerBound) on, is not shared
                """)
        }
        fleet.reusedNumbers.record(reused)
    }

    /// The most numbers by which a restored store may be behind the stream: years of messages.
    private static let plausibleGap = 1 << 40

    private struct Finished: Error {}

    /// Waits a moment for other instances to say that they have this one's name; if one does, waits
    /// until it is known whether that one still lives.
    private func checkName() async throws {
        guard broker.isConnected else { return }
        let pause = Duration.milliseconds(100)
        let end = fleet.clock.monotonic() + FleetPresence.minHelloSpan * 2
        var tries = 0
        while tries < 8 || presence.isSuspicious && fleet.clock.monotonic() < end {
            if tries % 4 == 0 { presence.sayHello(asks: true) }
            tries += 1
            guard try await fleet.sleep(for: pause) else { return }
            if let clash = presence.clash { throw BridgeError(clash) }
        }
    }

    private func work() async throws {
        if port.direction != .out { await port.openIntake() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var running = 0
            if port.direction != .out {
                running += 1
                group.addTask {
                    // The stored position is used: the broker's own is already ahead of it.
                    let stored = checkpoints[Fleet.readKey].flatMap { StreamPosition($0) }
                    var inbox = StreamInbox(
                        fleet, broker, checkpoints, position: stored ?? StreamPosition())
                    try await inbox.run()
                    await port.closeIntake()
                    return true
                }
            }
            if port.direction != .in {
                for publisher in publishers {
                    running += 1
                    group.addTask {
                        try await deliver(by: publisher)
                        return true
                    }
                }
            }
            addBackgroundTasks(to: &group)
            while running > 0, let isWork = try await group.next() {
                if isWork { running -= 1 }
            }
            group.cancelAll()
        }
    }

    /// Adds the tasks that the bridge does not wait for.
    private func addBackgroundTasks(to group: inout ThrowingTaskGroup<Bool, any Error>) {
        group.addTask {
            await port.stopping()
            if !Task.isCancelled { broker.stop() }
            return false
        }
        group.addTask {
            try? await resendForgotten()
            return false
        }
        group.addTask {
            try? await Outages(fleet, broker, changed: events.changed) { reportReachability() }
                .run()
            return false
        }
    }

    private func deliver(by publisher: RoomPublisher) async throws {
        let acknowledgements = Acknowledgements(fleet, broker, room: publisher.room)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await acknowledgements.run() }
            var outbox = StreamOutbox(fleet, broker, publisher, acknowledgements)
            try await outbox.run()
            acknowledgements.end()
            try await group.waitForAll()
        }
    }

    /// Has each room put the messages that the stream has forgotten into it again.
    private func resendForgotten() async throws {
        guard port.direction != .in else { return }
        events.forgotten.send()
        while true {
            try await events.forgotten.wait()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for publisher in publishers { group.addTask { try await publisher.resend() } }
                try await group.waitForAll()
            }
        }
    }
}
