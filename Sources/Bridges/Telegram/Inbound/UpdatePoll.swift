import Chat
import MessageBus

/// Asks Telegram for what is new, for as long as the bus takes it.
struct UpdatePoll {
    let api: BotAPI
    let settings: BridgeSettings
    let connectionStatus: ConnectionStatus
    let pollConflict: PollConflict
    let blocks: BlockedChats
    let rooms: [String]

    /// Seconds that Telegram waits for something new: the most it does.
    static let wait: Int64 = 50
    /// Seconds that it waits after trouble: the first answer says that it is over.
    private static let shortWait: Int64 = 1
    /// Seconds that an answer may take longer than that.
    private static let grace: Int64 = 10
    /// Polls that come back with nothing new in less time are not to follow one another.
    private static let shortest = Duration.seconds(1)

    /// Polls until the bus begins to stop.
    ///
    /// - Throws: what the store throws.
    func run(_ inbox: inout Inbox) async throws {
        var backoff = Backoff()
        var politeness = Backoff(from: .seconds(10))
        var isFresh = false
        while !Task.isCancelled {
            let start = settings.watch.now()
            let wait = isFresh ? Self.shortWait : Self.wait
            do {
                guard let updates = try await poll(inbox.progress, wait, isFresh) else { break }
                connectionStatus.success(of: .poll)
                await blocks.pollGoesOn(in: rooms)
                let isNews = try await inbox.take(updates)
                backoff.reset()
                politeness.reset()
                pollConflict.end()
                connectionStatus.pollErrors.end()
                isFresh = false
                let isHasty = !isNews && settings.watch.now() - start < Self.shortest
                if isHasty, try await !settings.rest(Self.shortest) { break }
            } catch let apiError as BotAPIError {
                isFresh = true
                if case .pollConflict(let answer) = apiError { pollConflict.note(answer) }
                // Before that Telegram need not have answered.
                let due = min(settings.watch.now(), start + .seconds(wait))
                connectionStatus.note(apiError, of: .poll, since: due)
                if case .flood(let pause) = apiError {
                    await blocks.floodOfPoll(for: pause, in: rooms)
                }
                guard let pause = pause(after: apiError, &backoff, &politeness) else { break }
                if try await !connectionStatus.rest(pause, of: .poll) { break }
            }
        }
        if inbox.ignored > 0 {
            settings.log.info(
                "\(inbox.ignored) messages of chats that are not in \"chats\" were ignored")
        }
        await confirm(inbox.progress)
    }

    private func poll(
        _ progress: UpdateProgress, _ wait: Int64, _ isFresh: Bool
    ) async throws -> [JSON]? {
        let offset = progress.offset(at: await settings.port.now)
        let result = try await settings.untilStopping { [api] in
            try await api.call(
                "getUpdates",
                [
                    "offset": offset.map { .integer($0) } ?? .null, "limit": .integer(100),
                    "timeout": .integer(wait),
                    "allowed_updates": Inbox.kinds,
                ], within: .seconds(wait + Self.grace), isFresh: isFresh)
        }
        guard let result else { return nil }
        guard case .list(let updates) = result else {
            throw BotAPIError.unreachable("the answer holds no updates", mayHaveArrived: true)
        }
        return updates
    }

    /// How long to wait after trouble; nil: it is over.
    private func pause(
        after apiError: BotAPIError, _ backoff: inout Backoff, _ politeness: inout Backoff
    ) -> Duration? {
        switch apiError {
        case .cancelled: return nil
        // Half of the step at least: 5 s, as facts have it.
        case .pollConflict: return politeness.next()
        case .flood(let pause):
            connectionStatus.pollErrors.note(apiError)
            return pause
        // A token that was taken back may be given again, and what goes out may go on.
        case .unreachable, .unknownBot: return backoff.next()
        case .migrated, .shut, .rejected:
            connectionStatus.pollErrors.note(apiError)
            return backoff.next()
        }
    }

    /// Tells Telegram what was taken, so that it does not come again where nothing is kept.
    private func confirm(_ progress: UpdateProgress) async {
        guard !settings.port.keepsCheckpoints, let next = progress.next else { return }
        _ = try? await api.call(
            "getUpdates",
            [
                "offset": .integer(next), "limit": .integer(1), "timeout": .integer(0),
                "allowed_updates": Inbox.kinds,
            ], within: .seconds(3))
    }
}
