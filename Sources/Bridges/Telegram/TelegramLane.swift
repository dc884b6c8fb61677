import MessageBus

/// Takes what is said in a room out to a chat: in order, joined where much waits, each message until
/// Telegram has answered.
///
/// Used by one task.
struct TelegramLane {
    /// What became of an attempt.
    enum Outcome {
        /// There may be more to do.
        case goOn
        /// The chat takes nothing at present.
        case shut(String)
        /// The bus is ending; what waits is kept.
        case stop
    }

    let binding: TelegramChats.Binding
    let settings: TelegramSettings
    let chats: TelegramChats
    let api: BotAPI
    let pace: ChatPace
    let outage: TelegramOutage
    /// Rung when the chat may take something again.
    let bell: Bell

    var queue: [Delivery] = []
    var plan: TelegramPlan?
    /// Whether the plan is of an earlier run.
    var isRecalled = false
    /// Whether what the plan is about may have arrived: then the same is sent again, nothing else.
    var isUncertain = false
    /// Messages that go out one by one, since one of them was refused.
    var alone = 0
    /// Messages whose answers are given in words.
    var unlinked: Set<UInt64> = []
    var backoff = Backoff()
    /// Messages of Telegram's, since the start, that may be there more than once: each counts once,
    /// however often it was sent again.
    var possibleDuplicates = 0
    private var lastShut = ""
    private var refusals: Set<String> = []

    /// How long a chat that takes nothing is left alone.
    private static let pause = Duration.seconds(300)
    /// A wait that is not worth ending when the bus stops.
    private static let shortWait = Duration.seconds(3)
    /// Milliseconds that an earlier run's flood is believed in: as long as any is.
    private static let longestFlood: Int64 = 86_400_000
    /// Different refusals that a room is told of.
    private static let refusalsBound = 16

    init(
        _ binding: TelegramChats.Binding, _ settings: TelegramSettings, _ chats: TelegramChats,
        api: BotAPI, pace: ChatPace, outage: TelegramOutage, bell: Bell
    ) {
        self.binding = binding
        self.settings = settings
        self.chats = chats
        self.api = api
        self.pace = pace
        self.outage = outage
        self.bell = bell
    }

    var port: Port { settings.port }

    /// Delivers until the bus has ended.
    ///
    /// - Throws: `BotTrouble.unknownBot`; what the store throws; `CancellationError`.
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
            await pace.enter()
            let outcome: Outcome
            do {
                outcome = try await attempt(&deliveries)
                pace.leave()
            } catch {
                pace.leave()
                throw error
            }
            switch outcome {
            case .goOn: break
            case .stop: return
            case .shut(let reason): guard try await rest(shut: reason) else { return }
            }
            if chats.isSuperfluous(binding) {
                settings.log.warning("\(binding.channel) is the same chat as another entry now")
                return
            }
        }
    }

    /// Goes on where an earlier run has stopped.
    private mutating func recall() async throws {
        let checkpoints = try await port.checkpoints()
        plan = checkpoints[TelegramPlan.source(binding.channel)].flatMap { TelegramPlan($0) }
        isRecalled = plan != nil
        let chat = chats.place(of: binding).chat
        guard let state = checkpoints[Self.floodSource(chat)],
            let end = Int64(String(decoding: state, as: UTF8.self))
        else { return }
        let rest = end - (await port.now.milliseconds)
        // A clock that was set back must not silence a chat for long.
        if rest > 0 { pace.block(for: .milliseconds(min(rest, Self.longestFlood))) }
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

    /// Waits, for the pace or after a failure; returns false if the bus ends meanwhile and keeps what
    /// waits.
    func wait(_ pause: Duration) async throws -> Bool {
        if pause <= Self.shortWait || !port.keepsCheckpoints {
            try await settings.watch.sleep(pause)
            return true
        }
        return try await settings.rest(pause)
    }

    /// Returns when one may be sent; false if the bus ends meanwhile.
    func pass() async throws -> Bool {
        while true {
            let rest = pace.passOrWait()
            if rest <= .zero { return true }
            guard try await wait(rest) else { return false }
        }
    }

    /// Leaves a chat that takes nothing alone for a while; returns false if the bus ends meanwhile.
    private mutating func rest(shut reason: String) async throws -> Bool {
        // Nothing waits for Telegram's sake any more.
        outage.note(delivered: 0, waiting: 0, to: binding.channel)
        if reason != lastShut {
            settings.log.error(
                """
                the chat \(chats.place(of: binding)) takes nothing: \(reason). What is said for it \
                is kept, and it is tried again every few minutes
                """)
        }
        lastShut = reason
        let (watch, bell) = (settings.watch, bell)
        return try await settings.untilStopping {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.sleep(Self.pause) }
                group.addTask { try await bell.wait() }
                defer { group.cancelAll() }
                try await group.next()
            }
            return true
        } ?? false
    }

    // MARK: - What became of it

    /// Notes that a parcel has arrived.
    mutating func finish(
        _ parcel: TelegramParcel, as remoteIDs: [String],
        _ deliveries: inout Deliveries.Iterator
    ) async throws {
        backoff.reset()
        if !lastShut.isEmpty {
            settings.log.info("the chat \(chats.place(of: binding)) takes messages again")
            lastShut = ""
        }
        try await Delivery.acknowledge(parcel.said, as: remoteIDs)
        done(with: parcel)
        if queue.isEmpty, try await deliveries.look(), let next = try await deliveries.next() {
            take(next)
        }
        outage.note(delivered: parcel.said.count, waiting: waiting, to: binding.channel)
    }

    /// Passes over a message that Telegram will never take, loudly.
    mutating func passOver(_ parcel: TelegramParcel, _ answer: String) async throws {
        for delivery in parcel.said {
            try await delivery.note(answer)
            settings.log.error(
                """
                Telegram does not take message #\(delivery.message.number) for \
                \(chats.place(of: binding)): \(answer)
                """)
        }
        try await Delivery.acknowledge(parcel.said)
        let name = parcel.said.first?.message.sender.name ?? ""
        done(with: parcel)
        outage.note(delivered: 0, waiting: waiting, to: binding.channel)
        if refusals.count >= Self.refusalsBound { refusals = [] }
        guard refusals.insert(answer).inserted else { return }
        var draft = Draft(
            settings.words.telegramRejects(name, answer), from: settings.words.server)
        draft.isFromBus = true
        draft.room = binding.room
        // While the bus stops nobody is told anything any more.
        _ = try? await port.publish(draft)
    }

    private mutating func done(with parcel: TelegramParcel) {
        queue.removeFirst(parcel.consumed)
        alone = max(0, alone - parcel.said.count)
        plan = nil
        unlinked.subtract(parcel.said.map(\.message.number))
    }
}
