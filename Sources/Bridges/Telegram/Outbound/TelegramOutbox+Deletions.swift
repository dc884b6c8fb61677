import Chat
import JSON
import MessageBus

// Deletions: a message that has not been sent is not sent, and Telegram is asked to delete one that
// has.
extension TelegramOutbox {
    /// Returns true if a plan has a message in it that was deleted since it was made.
    func holdsDeleted(_ sendPlan: SendPlan) -> Bool {
        queue.contains {
            $0.message.number <= sendPlan.last && port.isDeleted($0.message.number)
                && $0.message.kind != .deletion
        }
    }

    /// Gives up a plan with a deleted message in it; the rest of it is planned anew.
    ///
    /// If another message in the plan has arrived already, it may arrive twice.
    mutating func withdraw(_ sendPlan: SendPlan) async throws -> Outcome {
        try await port.removeCheckpoints([SendPlan.checkpointKey(binding.channel)], isErasing: true)
        pendingSend.finish()
        let location = chats.location(of: binding)
        if sendPlan.isUnderWay {
            settings.log.warning(
                "a deleted message may stay in \(location): the answer to it was lost")
        }
        let deleter = try await deleter(in: sendPlan)
        for remoteID in sendPlan.remoteIDs {
            guard let id = IncomingMessage.id(of: remoteID, in: location.chat) else { continue }
            if case .failure(let apiError) = await erase(id, in: location, deleter: deleter) {
                settings.log.warning(
                    "a part of a deleted message stays in \(location): \(apiError)")
            }
        }
        return .proceed
    }

    /// Returns the name of the person who deleted the first deleted message of a plan.
    private func deleter(in sendPlan: SendPlan) async throws -> String {
        for waiting in queue where waiting.message.number <= sendPlan.last {
            let number = waiting.message.number
            guard port.isDeleted(number) else { continue }
            if let name = try await port.message(numbered: number)?.deleter { return name }
        }
        return "?"
    }

    /// Asks Telegram to delete the message that one of ours has become there.
    mutating func retract(_ delivery: Delivery) async throws -> Outcome {
        let location = chats.location(of: binding)
        if let number = delivery.message.deletedNumber {
            for remoteID in try await port.remoteIDs(of: number, in: binding.channel) {
                guard let id = IncomingMessage.id(of: remoteID, in: location.chat) else { continue }
                let remaining = try await remainingText(of: remoteID, without: number)
                if let outcome = try await retract(
                    delivery, id, in: location, leaving: remaining)
                {
                    return outcome
                }
            }
        }
        queue.removeFirst(queue.prefix { $0.message.number <= delivery.message.number }.count)
        try await delivery.acknowledge()
        backoff.reset()
        return .proceed
    }

    /// Returns the rest of a message of Telegram's that holds several of ours; `nil` if there is
    /// none.
    private func remainingText(of remoteID: String, without number: MessageNumber) async throws
        -> String?
    {
        var lines: [String] = []
        for other in try await port.numbers(of: remoteID, in: binding.channel)
        where other != number && !port.isDeleted(other) {
            guard let message = try await port.message(numbered: other), message.deleter == nil
            else { continue }
            lines += settings.composer.lines(of: message, quotes: true)
        }
        return lines.isEmpty ? nil : TelegramComposer.parts(lines)[0]
    }

    /// Deletes one message of Telegram's, or replaces it by its rest; returns the outcome if that
    /// must be tried again.
    private mutating func retract(
        _ delivery: Delivery, _ id: Int64, in location: ChatLocation, leaving remaining: String?
    ) async throws -> Outcome? {
        let result =
            if let remaining {
                await replace(id, in: location, by: remaining)
            } else {
                await erase(id, in: location, deleter: delivery.message.sender.name)
            }
        guard case .failure(let apiError) = result else {
            connectionStatus.recordSuccess(of: observer)
            return nil
        }
        switch apiError {
        case .rejected, .blocked, .migrated:
            // The message is gone already, or only its author may delete it.
            try await delivery.recordFailure("\(apiError)")
            settings.log.warning(
                """
                message #\(delivery.message.deletedNumber ?? 0), which was deleted, may still be in \
                \(location): \(apiError)
                """)
            return nil
        case .flood(let pause):
            pace.block(for: pause)
            return .proceed
        case .cancelled: return .stop
        case .unreachable, .unknownBot, .pollConflict:
            connectionStatus.record(apiError, of: observer, since: attemptStart)
            return .retryLater
        }
    }

    /// Deletes a message of Telegram's.
    ///
    /// Telegram deletes nothing that is older than two days, but its text can be replaced.
    private func erase(
        _ id: Int64, in location: ChatLocation, deleter: String
    ) async -> Result<JSON, BotAPIError> {
        let result = await call("deleteMessage", Self.target(id, in: location))
        guard case .failure(.rejected) = result else { return result }
        return await replace(id, in: location, by: "[deleted by \(deleter)]")
    }

    private func replace(
        _ id: Int64, in location: ChatLocation, by text: String
    ) async -> Result<JSON, BotAPIError> {
        var parameters = Self.target(id, in: location)
        parameters["text"] = .text(text)
        parameters["link_preview_options"] = .object(["is_disabled": .bool(true)])
        return await call("editMessageText", parameters)
    }

    private func call(
        _ method: String, _ parameters: [String: JSON]
    ) async -> Result<JSON, BotAPIError> {
        do throws(BotAPIError) {
            return .success(try await api.call(method, parameters))
        } catch {
            return .failure(error)
        }
    }

    private static func target(_ id: Int64, in location: ChatLocation) -> [String: JSON] {
        ["chat_id": .integer(location.chat), "message_id": .integer(id)]
    }
}
