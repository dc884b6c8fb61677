import Chat
import MessageBus

/// Takes what is said in a room out to a chat: in order, joined where much waits, each message until
/// Telegram has answered.
///
/// Used by one task.
struct Outbox {
    /// What became of an attempt.
    enum Outcome {
        /// There may be more to do.
        case goOn
        /// Telegram does not answer, or not this bot.
        case hold
        /// The chat takes nothing at present.
        case shut(String)
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
    /// Rung when the chat may take something again.
    let signal: AsyncSignal

    var queue: [Delivery] = []
    var pendingSend: PendingSend
    var refusals = RejectionPolicy()
    /// When what is sent would have been sent if no other topic of the chat had been before it.
    var begun = Duration.zero
    /// Whether connections that are open are not to be trusted.
    var isFresh = false
    /// The chat whose flood is kept, until something is sent again.
    var floodedChat: Int64?
    /// Whether the chat was followed to where it is, since something was sent.
    var hasMoved = false
    var backoff = Backoff()
    /// Messages of Telegram's, since the start, that may be there more than once: each counts once,
    /// however often it was sent again.
    var possibleDuplicates = 0
    private var lastShut = ""

    /// How long a chat that takes nothing is left alone.
    private static let pause = Duration.seconds(300)
    /// A wait that is not worth ending when the bus stops.
    private static let shortWait = Duration.seconds(3)
    /// How long a topic keeps its turn while it waits for the pace, which is no longer than this
    /// unless there is a flood.
    private static let longestTurn = Duration.seconds(5)

    init(
        _ binding: ChatBindings.Binding, _ settings: BridgeSettings, _ chats: ChatBindings,
        api: BotAPI, pace: ChatPace, connectionStatus: ConnectionStatus, blocks: BlockedChats,
        signal: AsyncSignal
    ) {
        self.binding = binding
        self.settings = settings
        self.chats = chats
        self.api = api
        self.pace = pace
        self.connectionStatus = connectionStatus
        self.blocks = blocks
        self.signal = signal
        pendingSend = PendingSend(for: binding.channel)
    }

    var port: Port { settings.port }
    /// What the outage knows it by.
    var source: ConnectionStatus.Source { .channel(binding.channel) }

    /// Delivers until the bus has ended.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    mutating func run() async throws {
        var deliveries = port.deliveries(in: binding.room, for: binding.channel)
            .makeAsyncIterator()
        try await recall()
        while true {
            if queue.isEmpty {
                guard let next = try await deliveries.next() else { return }
                take(next)
            }
            try await skipSilent()
            if queue.isEmpty { continue }
            guard try await enter(&deliveries) else { return }
            switch try await attemptAndLeave(&deliveries) {
            case .goOn: break
            case .stop: return
            case .hold: guard try await rest(backoff.next(), &deliveries) else { return }
            case .shut(let reason):
                guard try await rest(shut: reason, &deliveries) else { return }
            }
            if chats.isSuperfluous(binding) {
                settings.log.warning("\(binding.channel) is the same chat as another entry now")
                return
            }
        }
    }

    private mutating func attemptAndLeave(
        _ deliveries: inout Deliveries.Iterator
    ) async throws -> Outcome {
        defer { pace.leave() }
        return try await attempt(&deliveries)
    }

    /// Goes on where an earlier run has stopped.
    private mutating func recall() async throws {
        let checkpoints = try await port.checkpoints()
        let sendPlan = checkpoints[SendPlan.source(binding.channel)].flatMap { SendPlan($0) }
        pendingSend = PendingSend(for: binding.channel, recalling: sendPlan)
        let location = chats.location(of: binding)
        let now = await port.now
        guard let state = checkpoints[FloodWait.source(location.chat)],
            let rest = FloodWait(state)?.rest(at: now), rest > .zero
        else { return }
        pace.block(for: rest)
        floodedChat = location.chat
        settings.log.info("too much for \(location) before the start: nothing is sent for \(rest)")
        await blocks.flood(binding, in: location.chat, for: rest, waiting: waiting)
    }

    /// Whether a message is nothing to Telegram.
    func isSilent(_ message: Message) -> Bool {
        switch message.kind {
        case .join, .leave, .rename: if !settings.relaysNotices { return true }
        case .edit: if !settings.showsEdits { return true }
        case .message: break
        }
        // What the bus says about Telegram is for the others.
        return message.isPrivate || message.sender.bridge == port.name && message.origin == nil
    }

    /// Lets what is nothing to Telegram go, at the front of what waits.
    private mutating func skipSilent() async throws {
        let silent = queue.prefix { isSilent($0.message) }
        guard let last = silent.last else { return }
        queue.removeFirst(silent.count)
        try await last.acknowledge()
    }

    /// What is said in a plan, of the messages at hand.
    func said(in sendPlan: SendPlan) -> [Delivery] {
        queue.prefix { $0.message.number <= sendPlan.last }.filter { !isSilent($0.message) }
    }

    /// Messages at hand that are for Telegram.
    var waiting: Int { queue.count { !isSilent($0.message) } }

    /// Puts a message behind those that wait.
    mutating func take(_ delivery: Delivery) {
        if delivery.message.missed > 0 {
            settings.log.warning(
                "\(delivery.message.missed) messages were gone before Telegram could have them")
        }
        queue.append(delivery)
    }

    // MARK: - Waiting

    /// Returns when one may be sent and nobody else of this chat sends; false if the bus ends
    /// meanwhile.
    private mutating func enter(_ deliveries: inout Deliveries.Iterator) async throws -> Bool {
        while true {
            begun = settings.watch.now()
            await pace.enter()
            let rest: Duration
            do {
                guard let floodRest = try await passOrWait() else {
                    pace.leave()
                    return false
                }
                rest = floodRest
            } catch {
                pace.leave()
                throw error
            }
            if rest <= .zero { return true }
            // The others find out by themselves, and count what waits for them.
            pace.leave()
            guard try await self.rest(rest, &deliveries) else { return false }
        }
    }

    /// Waits for as long as it is worth keeping one's turn; returns how long it takes yet, nil if
    /// the bus ends meanwhile.
    private func passOrWait() async throws -> Duration? {
        while true {
            let rest = pace.passOrWait()
            if rest <= .zero || rest > Self.longestTurn { return rest }
            guard try await wait(rest, isShort: isShort(rest)) else { return nil }
        }
    }

    /// Whether a wait is not worth ending when the bus stops, or nothing is kept that could go on.
    private func isShort(_ pause: Duration) -> Bool {
        pause <= Self.shortWait || !port.keepsCheckpoints
    }

    /// Waits; returns false if the bus ends meanwhile and keeps what waits.
    private func wait(_ pause: Duration, isShort: Bool) async throws -> Bool {
        guard isShort else { return try await settings.rest(pause) }
        try await settings.watch.sleep(pause)
        return true
    }

    /// Rests after a failure or during a flood, and counts what waits meanwhile; returns false if the
    /// bus ends.
    ///
    /// Not to be called in one's turn.
    private mutating func rest(
        _ pause: Duration, _ deliveries: inout Deliveries.Iterator
    ) async throws -> Bool {
        let isShort = isShort(pause)
        let end = settings.watch.now() + pause
        let wakes = connectionStatus.wakes(of: source)
        while true {
            try await count(&deliveries)
            let left = end - settings.watch.now()
            if left <= .zero || connectionStatus.wakes(of: source) != wakes { return true }
            guard try await wait(min(left, ConnectionStatus.slice), isShort: isShort) else {
                return false
            }
        }
    }

    /// Leaves a chat that takes nothing alone for a while; returns false if the bus ends meanwhile.
    private mutating func rest(
        shut reason: String, _ deliveries: inout Deliveries.Iterator
    ) async throws -> Bool {
        try await count(&deliveries)
        let isMore = try await deliveries.look()
        await blocks.shut(
            binding, in: chats.location(of: binding).chat, settings.phrases.reason(reason),
            waiting: waiting, isMore: isMore)
        // Nothing waits for Telegram's sake any more.
        connectionStatus.note(delivered: 0, waiting: 0, to: binding.channel)
        if reason != lastShut {
            settings.log.error(
                """
                the chat \(chats.location(of: binding)) takes nothing: \(reason). What is said for it \
                is kept, and it is tried again every few minutes
                """)
        }
        lastShut = reason
        let (watch, signal) = (settings.watch, signal)
        return try await settings.untilStopping {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.sleep(Self.pause) }
                group.addTask { try await signal.wait() }
                defer { group.cancelAll() }
                try await group.next()
            }
            return true
        } ?? false
    }

    // MARK: - What became of it

    /// Notes that all of a plan is done with: arrived, but for what was passed over of it.
    mutating func finish(
        _ sendPlan: SendPlan, _ deliveries: inout Deliveries.Iterator
    ) async throws {
        if !lastShut.isEmpty {
            settings.log.info("the chat \(chats.location(of: binding)) takes messages again")
            lastShut = ""
        }
        let said = said(in: sendPlan)
        try await Delivery.acknowledge(said, as: sendPlan.remoteIDs)
        let hasArrived =
            !sendPlan.remoteIDs.isEmpty
            || !said.contains { refusals.hasPassedOver($0.message.number) }
        queue.removeFirst(queue.prefix { $0.message.number <= sendPlan.last }.count)
        refusals.done(with: said.count)
        pendingSend.end()
        if queue.isEmpty, try await deliveries.look(), let next = try await deliveries.next() {
            take(next)
        }
        let delivered = hasArrived ? said.count : 0
        connectionStatus.note(delivered: delivered, waiting: waiting, to: binding.channel)
        await blocks.note(delivered: delivered, waiting: waiting, to: binding)
    }

    /// Passes over a message that Telegram will never take, or a part of it, loudly.
    mutating func passOver(_ sendPlan: SendPlan, _ answer: String) async throws {
        for delivery in said(in: sendPlan) {
            let message = delivery.message
            guard refusals.passOver(message.number) else { continue }
            try await delivery.note(answer)
            settings.log.error(
                """
                Telegram does not take message #\(message.number) for \
                \(chats.location(of: binding)): \(answer)
                """)
            var draft = Draft(
                settings.phrases.telegramRejects(message.sender.name, answer),
                from: settings.phrases.server)
            draft.isFromBus = true
            draft.room = binding.room
            // While the bus stops nobody is told anything any more.
            _ = try? await port.publish(draft)
        }
    }
}
