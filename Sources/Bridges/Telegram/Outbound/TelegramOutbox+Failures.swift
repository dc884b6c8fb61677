import Chat
import MessageBus

// Attempts that failed.
extension TelegramOutbox {
    /// Records an attempt that failed; returns the step that follows.
    mutating func outcome(
        of apiError: BotAPIError, _ sendPlan: SendPlan, _ location: ChatLocation
    ) async throws -> Outcome {
        wantsFreshConnection = true
        port.recordAttempt(apiError.resultName)
        if case .flood(let pause) = apiError {
            // Stored at once: the next run must know of it.
            pace.block(for: pause)
            try await saveFloodWait(of: pause, in: location.chat)
        }
        // Counted before the failure is recorded, because recording it may tell the room, or end
        // the outage.
        if apiError.isNoAnswer || connectionStatus.isFailing(observer) { try await countBacklog() }
        connectionStatus.record(apiError, of: observer, since: attemptStart)
        switch apiError {
        case .cancelled: return .stop
        case .unreachable(_, mayHaveArrived: true):
            if pendingSend.recordLostAnswer() { recordPossibleDuplicate() }
            return .retryLater
        case .rejected(let answer):
            try await handleRejection(of: sendPlan, in: location.chat, answer)
            return .proceed
        default: try await save(pendingSend.recordNotArrived())
        }
        switch apiError {
        case .flood(let pause):
            settings.log.info(
                """
                Telegram asks for a pause (too many requests): nothing is sent to \(location) for \
                \(pause)
                """)
            await blocks.recordFlood(
                binding, in: location.chat, for: pause, try await countBacklog())
            return .proceed
        case .migrated(let chat):
            // Only once for each message: chats that name one another would go on for ever.
            if !hasMoved, try await follow(location.chat, to: chat) {
                hasMoved = true
                return .proceed
            }
            hasMoved = false
            return .blocked("\(apiError)")
        case .blocked(let answer): return .blocked(answer)
        default: return .retryLater
        }
    }

    /// Changes or skips a plan that Telegram will never take as it is.
    private mutating func handleRejection(
        of sendPlan: SendPlan, in chat: Int64, _ answer: String
    ) async throws {
        let numbers = queued(in: sendPlan).map(\.message.number)
        switch rejections.remedy(for: numbers, isReply: sendPlan.target(in: chat) != nil) {
        case .sendFewer, .quote: try await save(pendingSend.discard())
        case .skip:
            try await skip(sendPlan, answer)
            // The other parts of it may be taken.
            try await advance(sendPlan, as: nil)
        }
    }

    /// Keeps the time for which a chat is to be left alone: a new start must not make it longer.
    private mutating func saveFloodWait(of pause: Duration, in chat: Int64) async throws {
        let flood = FloodWait(pause, at: await port.now)
        floodedChat = chat
        try await save(flood.checkpoint(for: chat))
    }

    /// Follows a chat to its new id; returns false if the id is not new.
    private func follow(_ from: Int64, to chat: Int64) async throws -> Bool {
        if let checkpoint = chats.move(from: from, to: chat) {
            settings.log.warning(GroupMigration(from: from, to: chat).sentence)
            try await save(checkpoint)
        }
        // The inbox may have found out first.
        return chats.location(of: binding).chat != from
    }
}
