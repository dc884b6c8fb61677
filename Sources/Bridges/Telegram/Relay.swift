import Chat
import MessageBus

/// A telegram bridge at work: the poll, an outbox for each chat, and the tasks that report outages
/// and dropped messages.
///
/// Run by the bridge's task.
struct Relay: Sendable {
    let api: BotAPI
    let settings: BridgeSettings
    let chats: ChatBindings
    let progress: UpdateProgress
    let tellsOutages: Bool
    let tellsRefusals: Bool

    private var port: Port { settings.port }

    /// The time for which the first call may hold up the start.
    private static let firstDeadline = Duration.seconds(10)

    /// Works until the bus has ended.
    ///
    /// - Throws: `BotAPIError.unknownBot` if that is the first answer; what the store throws.
    func run() async throws {
        let connectionStatus = ConnectionStatus(settings, chats.bindings)
        let isPolling = port.direction != .out
        var bot: BotIdentity?
        var pause = Duration.zero
        let start = settings.time.now()
        do {
            bot = try await ask(within: Self.firstDeadline)
            // The bus ends before anything has begun.
            if bot == nil { return }
        } catch let apiError as BotAPIError {
            if case .unknownBot = apiError { throw apiError }
            if case .flood(let wanted) = apiError { pause = wanted }
            if isPolling {
                connectionStatus.record(apiError, of: .poll, since: start)
                connectionStatus.pollErrors.record(apiError)
            } else {
                // No poll will find out when the flood is over; the outboxes find out by
                // themselves.
                settings.log.warning("Telegram does not answer: \(apiError)")
            }
        }
        if isPolling { await port.openIntake() }
        await port.ready()
        try await work(bot, after: pause, connectionStatus, isPolling)
    }

    /// Asks Telegram for the bot; nil if the bus begins to stop first.
    private func ask(within deadline: Duration) async throws -> BotIdentity? {
        try await settings.untilStopping { [api] in try await BotIdentity(api, within: deadline) }
    }

    private func work(
        _ bot: BotIdentity?, after pause: Duration, _ connectionStatus: ConnectionStatus,
        _ isPolling: Bool
    ) async throws {
        let reopened = Dictionary(chats.bindings.map { ($0, AsyncSignal()) }) { first, _ in first }
        let blocks = BlockedChats(settings, isOn: tellsOutages)
        let paces = paces()
        let notices =
            tellsRefusals && port.direction == .both
            ? DropNotices(settings, chats, api, paces) : nil
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var running = 0
            if isPolling {
                running += 1
                group.addTask {
                    try await receive(
                        bot, after: pause, connectionStatus, reopened, blocks, notices)
                    await port.closeIntake()
                    return true
                }
            }
            running += addOutboxTasks(to: &group, paces, connectionStatus, blocks, reopened)
            addNoticeTasks(to: &group, connectionStatus, notices)
            while running > 0, let isWork = try await group.next() {
                if isWork { running -= 1 }
            }
            group.cancelAll()
        }
    }

    /// Adds a task for the outbox of each chat, none if the bridge only brings in; returns how
    /// many.
    private func addOutboxTasks(
        to group: inout ThrowingTaskGroup<Bool, any Error>, _ paces: [Int64: ChatPace],
        _ connectionStatus: ConnectionStatus, _ blocks: BlockedChats,
        _ reopened: [ChatBindings.Binding: AsyncSignal]
    ) -> Int {
        guard port.direction != .in else { return 0 }
        var count = 0
        for binding in chats.bindings {
            guard let pace = paces[binding.firstChat] else { continue }
            count += 1
            group.addTask {
                var outbox = TelegramOutbox(
                    binding, settings, chats, api: api, pace: pace,
                    connectionStatus: connectionStatus, blocks: blocks,
                    reopened: reopened[binding] ?? AsyncSignal())
                try await outbox.run()
                return true
            }
        }
        return count
    }

    /// Adds the tasks that report outages and dropped messages; the bridge does not wait for them.
    private func addNoticeTasks(
        to group: inout ThrowingTaskGroup<Bool, any Error>, _ connectionStatus: ConnectionStatus,
        _ notices: DropNotices?
    ) {
        if tellsOutages {
            group.addTask {
                try? await connectionStatus.run()
                return false
            }
        }
        if let notices {
            group.addTask {
                try? await notices.run()
                return false
            }
        }
    }

    /// Returns the pace of each chat; its topics share it.
    private func paces() -> [Int64: ChatPace] {
        let total = ChatPace.Total(settings.time)
        let chats = chats.bindings.map { ($0.firstChat, ChatPace(settings.time, total)) }
        return Dictionary(chats) { first, _ in first }
    }

    /// Polls, once it is known which bot this is.
    private func receive(
        _ known: BotIdentity?, after pause: Duration, _ connectionStatus: ConnectionStatus,
        _ reopened: [ChatBindings.Binding: AsyncSignal], _ blocks: BlockedChats,
        _ notices: DropNotices?
    ) async throws {
        guard let bot = try await identify(known, after: pause, connectionStatus) else { return }
        var inbox = TelegramInbox(
            settings, chats, me: bot.id, progress: progress, blocks, notices
        ) { chat in
            for (binding, signal) in reopened where chats.location(of: binding).chat == chat {
                signal.send()
            }
        }
        let pollConflict = PollConflict(settings.log)
        let checks = StartupChecks(
            api: api, settings: settings, chats: chats, bot: bot, pollConflict: pollConflict)
        // This task is cancelled when the poll ends.
        async let _ = checks.run()
        let poll = UpdatePoll(
            api: api, settings: settings, connectionStatus: connectionStatus,
            pollConflict: pollConflict, blocks: blocks,
            rooms: Set(chats.bindings.map(\.room)).sorted())
        try await poll.run(&inbox)
    }

    /// Asks Telegram for the bot, however long that takes; nil if the bus ends meanwhile.
    private func identify(
        _ known: BotIdentity?, after pause: Duration, _ connectionStatus: ConnectionStatus
    ) async throws -> BotIdentity? {
        if let known { return known }
        if pause > .zero, try await !settings.sleep(for: pause) { return nil }
        var backoff = Backoff()
        while try await connectionStatus.waitToRetry(after: backoff.next(), of: .poll) {
            let start = settings.time.now()
            do {
                let bot = try await ask(within: BotAPI.deadline)
                if bot != nil {
                    connectionStatus.recordSuccess(of: .poll)
                    connectionStatus.pollErrors.end()
                }
                return bot
            } catch let apiError as BotAPIError {
                connectionStatus.record(apiError, of: .poll, since: start)
                connectionStatus.pollErrors.record(apiError)
                switch apiError {
                case .cancelled: return nil
                case .flood(let pause):
                    guard try await settings.sleep(for: pause) else { return nil }
                default: break
                }
            }
        }
        return nil
    }
}
