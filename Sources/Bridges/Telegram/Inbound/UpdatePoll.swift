import Chat
import JSON
import MessageBus

/// The poll for updates, for as long as the bus takes them.
///
/// Run by one task.
struct UpdatePoll {
    let api: BotAPI
    let settings: BridgeSettings
    let connectionStatus: ConnectionStatus
    let pollConflict: PollConflict
    let blocks: BlockedChats
    let rooms: [String]

    /// The time for which Telegram waits for something new, in whole seconds: the longest that it
    /// allows.
    static let wait = Duration.seconds(50)
    /// That time after a failure: the first answer shows that the failure is over.
    private static let shortWait = Duration.seconds(1)
    /// The additional time that an answer may take.
    private static let grace = Duration.seconds(10)
    /// The least time between two polls that are answered with nothing new.
    private static let minPause = Duration.seconds(1)

    /// Polls until the bus begins to stop.
    ///
    /// - Throws: what the store throws.
    func run(_ inbox: inout TelegramInbox) async throws {
        var backoff = Backoff()
        var politeness = Backoff(from: .seconds(10))
        var isFresh = false
        while !Task.isCancelled {
            let start = settings.time.now()
            let wait = isFresh ? Self.shortWait : Self.wait
            do {
                guard let updates = try await poll(inbox.progress, wait, isFresh) else { break }
                connectionStatus.recordSuccess(of: .poll)
                await blocks.recordPoll(in: rooms)
                let isNews = try await inbox.publish(updates)
                backoff.reset()
                politeness.reset()
                pollConflict.end()
                connectionStatus.pollErrors.end()
                isFresh = false
                let isHasty = !isNews && settings.time.now() - start < Self.minPause
                if isHasty, try await !settings.sleep(for: Self.minPause) { break }
            } catch let apiError as BotAPIError {
                isFresh = true
                if case .pollConflict(let answer) = apiError { pollConflict.record(answer) }
                // Before that time Telegram was not bound to answer.
                let due = min(settings.time.now(), start + wait)
                connectionStatus.record(apiError, of: .poll, since: due)
                if case .flood(let pause) = apiError {
                    await blocks.recordPollFlood(for: pause, in: rooms)
                }
                guard let pause = pause(after: apiError, &backoff, &politeness) else { break }
                if try await !connectionStatus.waitToRetry(after: pause, of: .poll) { break }
            }
        }
        if inbox.ignored > 0 {
            settings.log.info(
                "\(inbox.ignored) messages of chats that are not in \"chats\" were ignored")
        }
        await confirm(inbox.progress)
    }

    private func poll(
        _ progress: UpdateProgress, _ wait: Duration, _ isFresh: Bool
    ) async throws -> [JSON]? {
        let offset = progress.offset(at: await settings.port.now)
        let result = try await settings.untilStopping { [api] in
            try await api.call(
                "getUpdates",
                [
                    "offset": offset.map { .integer($0) } ?? .null, "limit": .integer(100),
                    "timeout": .integer(wait.components.seconds),
                    "allowed_updates": TelegramInbox.kinds,
                ], within: wait + Self.grace, isFresh: isFresh)
        }
        guard let result else { return nil }
        guard case .list(let updates) = result else {
            throw BotAPIError.unreachable("the answer holds no updates", mayHaveArrived: true)
        }
        return updates
    }

    /// Returns the time to wait after a failure; nil if the poll is to end.
    private func pause(
        after apiError: BotAPIError, _ backoff: inout Backoff, _ politeness: inout Backoff
    ) -> Duration? {
        switch apiError {
        case .cancelled: return nil
        // The pause is at least half of the step, which is 5 s.
        case .pollConflict: return politeness.next()
        case .flood(let pause):
            connectionStatus.pollErrors.record(apiError)
            return pause
        // A token that was revoked may become valid again, and the outboxes may go on.
        case .unreachable, .unknownBot: return backoff.next()
        case .migrated, .blocked, .rejected:
            connectionStatus.pollErrors.record(apiError)
            return backoff.next()
        }
    }

    /// Confirms the published updates, so that they do not come again where no checkpoints are
    /// kept.
    private func confirm(_ progress: UpdateProgress) async {
        guard !settings.port.keepsCheckpoints, let next = progress.next else { return }
        _ = try? await api.call(
            "getUpdates",
            [
                "offset": .integer(next), "limit": .integer(1), "timeout": .integer(0),
                "allowed_updates": TelegramInbox.kinds,
            ], within: .seconds(3))
    }
}
