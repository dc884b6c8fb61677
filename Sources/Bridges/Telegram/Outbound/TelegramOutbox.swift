import Chat
import MessageBus

/// The outgoing half for a chat: it sends the messages of a room in order, joined if many wait,
/// each until Telegram has answered.
///
/// Owned by the task that makes and runs it; nothing else has the deliveries it reads.
struct TelegramOutbox {
    /// The result of an attempt.
    enum Outcome {
        /// There may be more to send.
        case proceed
        /// Telegram does not answer, or not this bot: it is tried again later.
        case retryLater
        /// The chat takes nothing at present.
        case blocked(String)
        /// The bus is ending; what waits is kept.
        case stop
    }

    let binding: ChatBindings.Binding
    let settings: BridgeSettings
    let chats: ChatBindings
    let api: BotAPI
    let pace: ChatPace
    let connectionStatus: ConnectionStatus
    let blocks: BlockedChats
    /// Signalled when the bot may write in the chat again.
    let reopened: AsyncSignal

    /// The messages of the room from the stored place on.
    private var deliveries: Deliveries.Iterator
    /// Messages that were read and are not acknowledged yet, in order.
    var queue: [Delivery] = []
    var pendingSend: PendingSend
    var rejections = RejectionPolicy()
    /// The time at which the attempt would have begun if no other topic of the chat had been first.
    var attemptStart = Duration.zero
    /// True if open connections must not be used.
    var wantsFreshConnection = false
    /// The chat whose flood is kept in the store, until something is sent again.
    var floodedChat: Int64?
    /// True if the chat was followed to its new id since a message was last sent.
    var hasMoved = false
    var backoff = Backoff()
    /// Messages sent since the start that may have arrived more than once; each counts once,
    /// however often it was sent again.
    var possibleDuplicates = 0
    /// The reason why the chat takes nothing; empty if it does.
    private var blockedReason = ""

    /// The time for which a chat that takes nothing is left alone.
    private static let blockedPause = Duration.seconds(300)

    init(
        _ binding: ChatBindings.Binding, _ settings: BridgeSettings, _ chats: ChatBindings,
        api: BotAPI, pace: ChatPace, connectionStatus: ConnectionStatus, blocks: BlockedChats,
        reopened: AsyncSignal
    ) {
        self.binding = binding
        self.settings = settings
        self.chats = chats
        self.api = api
        self.pace = pace
        self.connectionStatus = connectionStatus
        self.blocks = blocks
        self.reopened = reopened
        deliveries = settings.port.deliveries(in: binding.room, for: binding.channel)
            .makeAsyncIterator()
        pendingSend = PendingSend(for: binding.channel)
    }

    var port: Port { settings.port }
    /// The name by which the connection's status knows the outbox.
    var observer: ConnectionStatus.Observer { .channel(binding.channel) }

    /// Delivers until the bus has ended.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        try await restore()
        while true {
            if queue.isEmpty {
                guard let next = try await deliveries.next() else { return }
                enqueue(next)
            }
            try await acknowledgeSilent()
            if queue.isEmpty { continue }
            guard try await acquireTurn() else { return }
            switch try await attemptInTurn() {
            case .proceed: break
            case .stop: return
            case .retryLater: guard try await waitToRetry(after: backoff.next()) else { return }
            case .blocked(let reason): guard try await waitWhileBlocked(reason) else { return }
            }
            if chats.isSuperfluous(binding) {
                settings.log.warning("\(binding.channel) is the same chat as another entry now")
                return
            }
        }
    }

    private mutating func attemptInTurn() async throws -> Outcome {
        defer { pace.lock.release() }
        return try await attempt()
    }

    /// Continues where an earlier run has stopped.
    private mutating func restore() async throws {
        let checkpoints = try await port.checkpoints()
        let sendPlan = checkpoints[SendPlan.checkpointKey(binding.channel)].flatMap { SendPlan($0) }
        pendingSend = PendingSend(for: binding.channel, restoring: sendPlan)
        let location = chats.location(of: binding)
        let now = await port.now
        guard let state = checkpoints[FloodWait.checkpointKey(location.chat)],
            let remaining = FloodWait(state)?.remaining(at: now), remaining > .zero
        else { return }
        pace.block(for: remaining)
        floodedChat = location.chat
        settings.log.info(
            """
            Telegram asked for a pause before the start (too many requests): nothing is sent to \
            \(location) for \(remaining)
            """)
        await blocks.recordFlood(binding, in: location.chat, for: remaining, backlog())
    }

    // MARK: - The queue

    /// Returns true if a message does not go out: it is not for Telegram, or was deleted while it
    /// waited.
    func isSilent(_ message: Message) -> Bool {
        isForOthers(message) || message.kind != .deletion && port.isDeleted(message.number)
    }

    /// Returns true if a message is not for Telegram.
    private func isForOthers(_ message: Message) -> Bool {
        switch message.kind {
        case .join, .leave, .rename: if !settings.relaysNotices { return true }
        case .edit: if !settings.showsEdits { return true }
        case .message: break
        case .deletion: return false
        }
        // It goes round in a ring of relays.
        if message.isAutomatic, RelayMark.isRepeated(in: message.text) { return true }
        // The bus's sentences about Telegram are for the others.
        return message.isPrivate || message.sender.bridge == port.name && message.origin == nil
    }

    /// Acknowledges the messages at the front of the queue that are not for Telegram.
    private mutating func acknowledgeSilent() async throws {
        try await acknowledgeSilent(queue.prefix { isSilent($0.message) }.count)
    }

    /// Acknowledges a number of messages at the front of the queue, none of which is for Telegram.
    mutating func acknowledgeSilent(_ count: Int) async throws {
        guard count > 0 else { return }
        let last = queue[count - 1]
        queue.removeFirst(count)
        try await Delivery.acknowledge([last], areDelivered: false)
    }

    /// Returns the queued messages that a plan consists of.
    func queued(in sendPlan: SendPlan) -> [Delivery] {
        queue.prefix { $0.message.number <= sendPlan.last }.filter { !isSilent($0.message) }
    }

    /// Returns the queued messages that are for Telegram, counted.
    func backlog(hasMore: Bool = false) -> Backlog {
        Backlog(
            queue.lazy.map(\.message).filter { !isSilent($0) }.map(\.number), hasMore: hasMore)
    }

    private mutating func enqueue(_ delivery: Delivery) {
        if delivery.message.missed > 0 {
            settings.log.warning(
                "\(delivery.message.missed) messages were gone before Telegram could have them")
        }
        queue.append(delivery)
    }

    /// Adds the next message to the queue if it is there; returns false if none is.
    mutating func enqueueNext() async throws -> Bool {
        guard try await deliveries.fetchAvailable(), let next = try await deliveries.next() else {
            return false
        }
        enqueue(next)
        return true
    }

    /// Returns true if the room holds more than the queue, without waiting for anybody to speak.
    mutating func hasMore() async throws -> Bool { try await deliveries.fetchAvailable() }

    // MARK: - The end of a plan

    /// Acknowledges a plan that is done with: all of it has arrived, apart from skipped parts.
    mutating func finish(_ sendPlan: SendPlan) async throws {
        if !blockedReason.isEmpty {
            settings.log.info("the chat \(chats.location(of: binding)) takes messages again")
            blockedReason = ""
        }
        // Messages deleted since they were sent are included: they must be found there.
        let finished = queue.prefix { $0.message.number <= sendPlan.last }
            .filter { !isForOthers($0.message) }
        let hasArrived =
            !sendPlan.remoteIDs.isEmpty
            || !finished.contains { rejections.hasSkipped($0.message.number) }
        try await Delivery.acknowledge(
            finished, as: sendPlan.remoteIDs, areDelivered: hasArrived)
        queue.removeFirst(queue.prefix { $0.message.number <= sendPlan.last }.count)
        rejections.recordDone(finished.count)
        pendingSend.finish()
        // No text is kept longer than it takes to send it.
        try await port.removeCheckpoints([SendPlan.checkpointKey(binding.channel)])
        if queue.isEmpty { _ = try await enqueueNext() }
        let delivered = hasArrived ? finished.map(\.message.number) : []
        connectionStatus.recordDelivery(delivered, backlog(), to: binding.channel)
        await blocks.recordDelivery(delivered, backlog(), to: binding)
    }

    /// Skips a message that Telegram will never take, or a part of it, and says so in the room.
    mutating func skip(_ sendPlan: SendPlan, _ answer: String) async throws {
        for delivery in queued(in: sendPlan) {
            let message = delivery.message
            guard rejections.recordSkipped(message.number) else { continue }
            try await delivery.recordFailure(answer)
            settings.log.error(
                """
                Telegram does not take message #\(message.number) for \
                \(chats.location(of: binding)): \(answer)
                """)
            // While the bus stops nobody is told anything any more.
            _ = try? await port.announce(
                settings.phrases.telegramRejects(message.sender.name, answer), in: binding.room)
        }
    }

    /// Leaves a chat that takes nothing alone for a while; returns false if the bus ends meanwhile.
    private mutating func waitWhileBlocked(_ reason: String) async throws -> Bool {
        let backlog = try await countBacklog()
        await blocks.recordBlock(
            binding, in: chats.location(of: binding).chat, settings.phrases.reason(reason), backlog)
        // No message waits for Telegram any more.
        connectionStatus.recordDelivery([], Backlog(), to: binding.channel)
        if reason != blockedReason {
            settings.log.error(
                """
                the chat \(chats.location(of: binding)) takes nothing: \(reason). What is said for it \
                is kept, and it is tried again every few minutes
                """)
        }
        blockedReason = reason
        return try await settings.untilStopping { [time = settings.time, reopened] in
            try await time.sleep(Self.blockedPause, orUntil: reopened)
            return true
        } ?? false
    }
}
