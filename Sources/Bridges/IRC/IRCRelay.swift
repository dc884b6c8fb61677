import Chat
import MessageBus
import Sockets

/// An irc bridge at work: the network, what comes from it, and a sender for each channel.
///
/// Run by the bridge's task.
struct IRCRelay: Sendable {
    private let options: IRCClient.Options
    private let context: Context
    let port: Port
    private let ownNicks: OwnNicks

    /// The time after the bus has begun to stop in which messages still go out.
    private static let sendingTime = Duration.seconds(6)
    /// The time after that in which messages on their way may still be confirmed.
    private static let settlingTime = Duration.milliseconds(2_500)

    init(
        _ options: IRCClient.Options, _ context: Context, _ port: Port, _ ownNicks: OwnNicks
    ) {
        self.options = options
        self.context = context
        self.port = port
        self.ownNicks = ownNicks
    }

    /// A part of the work.
    private enum Part: Sendable {
        /// One that the bridge waits for when the bus stops.
        case sender
        case intake
        /// One that ends only by a failure, or with the bridge.
        case other
    }

    /// Works until the bus has ended.
    ///
    /// - Throws: `BridgeError` if the server refuses the first connection; what the store throws.
    func run() async throws {
        let network = JoinedNetwork(
            options, context, port, ownNicks, checkpoints: try await port.checkpoints())
        _ = (port.possibleDuplicates, port.leftOut)
        if port.direction != .out { await port.openIntake() }
        do {
            try await work(on: network)
            await network.close()
        } catch {
            await network.close()
            await port.closeIntake()
            throw error
        }
    }

    private func work(on network: JoinedNetwork) async throws {
        await network.begin()
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                try await network.stayConnected()
                return .other
            }
            group.addTask {
                try await publishEvents(of: network)
                return .other
            }
            group.addTask {
                try await acknowledge(network)
                return .other
            }
            group.addTask {
                try await keepMarks(of: network)
                return .other
            }
            group.addTask {
                await port.stopping()
                try Task.checkCancellation()
                await network.beginStopping()
                if port.direction != .out { await port.closeIntake() }
                return .intake
            }
            var running = 1
            if port.direction != .in {
                for channel in await network.channels.values {
                    running += 1
                    group.addTask {
                        try await send(to: channel, of: network)
                        return .sender
                    }
                }
            }
            while running > 0, let part = try await group.next() {
                if case .other = part { continue }
                running -= 1
                if case .intake = part { group.addTask { try await limitSending(network) } }
            }
            await settle(network)
            group.cancelAll()
        }
    }

    /// Stops sending some time after the bus has begun to stop.
    private func limitSending(_ network: JoinedNetwork) async throws -> Part {
        try await LoopSleep(network.loop).sleep(for: Self.sendingTime)
        await network.stopSending()
        return .other
    }

    /// Waits a little for messages on their way to be confirmed, and says goodbye.
    private func settle(_ network: JoinedNetwork) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await LoopSleep(network.loop).sleep(for: Self.settlingTime) }
            group.addTask {
                while await !network.isSettled {
                    do { try await network.confirmations.wait() } catch { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
        let rest = await network.drainArrived()
        try? await Self.acknowledge(rest, port)
        await network.finish()
    }

    // MARK: - From the rooms

    private func send(to channel: JoinedChannel, of network: JoinedNetwork) async throws {
        var deliveries = port.deliveries(in: channel.room, for: channel.id).makeAsyncIterator()
        while let delivery = try await deliveries.next() {
            guard try await network.waitForSpace(channel.id) else { return }
            if delivery.message.missed > 0 {
                port.log.warning(
                    "\(delivery.message.missed) messages were gone before IRC could have them")
            }
            for content in try await contents(of: delivery, channel.id) {
                await network.enqueue(content, delivery, for: channel.id)
            }
            if try await !deliveries.fetchAvailable() { await network.closeDigest(of: channel.id) }
        }
    }

    /// Returns the contents that a message has in a channel.
    private func contents(
        of delivery: Delivery, _ channel: String
    ) async throws -> [OutgoingItem.Content] {
        let message = delivery.message
        if message.kind == .deletion {
            guard let number = message.deletedNumber, message.sender.bridge != port.name else {
                return [.nothing]
            }
            let names = try await port.remoteIDs(of: number, in: channel)
            return names.isEmpty ? [.nothing] : names.map { .redaction(remoteID: $0) }
        }
        if isSilent(message) { return [.nothing] }
        var answered: String?
        if message.kind == .message, let number = message.reply?.number, number > 0 {
            answered = try await port.remoteID(of: number, in: channel)
        }
        return [.message(message, answered: answered)]
    }

    /// Returns whether a message is not for the channel.
    private func isSilent(_ message: Message) -> Bool {
        switch message.kind {
        case .join, .leave, .rename: if !options.notices { return true }
        case .message, .edit, .deletion: break
        }
        if message.isPrivate || port.isDeleted(message.number) { return true }
        // It goes round in a ring of relays.
        if message.isAutomatic, RelayMark.isRepeated(in: message.text) { return true }
        // The bus's sentences about the network are for the room's other readers.
        return message.sender.bridge == port.name && message.origin == nil
    }

    // MARK: - To the store

    /// Stores which messages may have gone out, before they do.
    private func keepMarks(of network: JoinedNetwork) async throws {
        while true {
            try await network.marking.wait()
            let marks = await network.drainMarks()
            try await port.saveCheckpoints(marks.map(\.checkpoint))
            await network.recordKept(marks)
        }
    }

    private func acknowledge(_ network: JoinedNetwork) async throws {
        while true {
            try await network.arrivals.wait()
            try await Self.acknowledge(await network.drainArrived(), port)
        }
    }

    private static func acknowledge(_ items: [OutgoingItem], _ port: Port) async throws {
        // All are acknowledged at the same time, so that they are kept in one transaction.
        try await withThrowingDiscardingTaskGroup { group in
            for item in items {
                if item.isDelivered { port.recordAttempt("delivered") }
                group.addTask {
                    if let refusal = item.refusal {
                        try await item.delivery.recordFailure(refusal)
                    }
                    try await Delivery.acknowledge(
                        [item.delivery], as: item.remoteIDs, areDelivered: item.isDelivered)
                }
            }
        }
    }
}
