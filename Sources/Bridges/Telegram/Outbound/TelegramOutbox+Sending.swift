import Chat
import JSON
import MessageBus

// One attempt to send.
extension TelegramOutbox {
    /// Messages considered for one message of Telegram's, which holds a few hundred at most.
    private static var gathered: Int { 256 }
    /// Bytes of text considered for it, more than it holds.
    private static var gatheredBytes: Int { 16 << 10 }

    /// Sends one message of Telegram's: the next part of a plan that was begun, or else as many
    /// waiting messages as fit into one.
    mutating func attempt() async throws -> Outcome {
        if let sendPlan = pendingSend.sendPlan {
            try await fillQueue(through: sendPlan.last)
            if holdsDeleted(sendPlan) { return try await withdraw(sendPlan) }
            if !queued(in: sendPlan).isEmpty { return try await send(sendPlan) }
            // An earlier run had finished the plan.
            pendingSend.finish()
        }
        try await fillQueue(Self.gathered, Self.gatheredBytes)
        if let index = queue.firstIndex(where: { !isSilent($0.message) }),
            queue[index].message.kind == .deletion
        {
            return try await retract(queue[index])
        }
        let batch = try await compose()
        guard let sendPlan = batch.sendPlan else {
            try await acknowledgeSilent(batch.consumed)
            return .proceed
        }
        return try await send(sendPlan)
    }

    private mutating func send(_ sendPlan: SendPlan) async throws -> Outcome {
        guard let text = sendPlan.parts.first else { return .proceed }
        try await beginSending(sendPlan)
        let location = chats.location(of: binding)
        let call = Self.parameters(text, location, sendPlan.target(in: location.chat))
        switch try await answer(to: call) {
        case .success(let result):
            port.recordAttempt("delivered")
            // All messages that wait now have been waiting for this.
            if connectionStatus.isFailing(observer) { try await countBacklog() }
            connectionStatus.recordSuccess(of: observer)
            (wantsFreshConnection, hasMoved) = (false, false)
            if let chat = floodedChat.take() {
                try await save(Checkpoint(key: FloodWait.checkpointKey(chat), state: []))
            }
            try await advance(sendPlan, as: Self.remoteID(of: result, in: location))
            return .proceed
        case .failure(let apiError):
            return try await outcome(of: apiError, sendPlan, location)
        }
    }

    /// Sends a message, and counts the waiting ones if their number is about to be announced before
    /// the answer comes.
    private mutating func answer(
        to parameters: [String: JSON]
    ) async throws -> Result<JSON, BotAPIError> {
        let (api, isFresh) = (api, wantsFreshConnection)
        let (connectionStatus, observer) = (connectionStatus, observer)
        return try await withThrowingTaskGroup(of: Result<JSON, BotAPIError>?.self) { group in
            group.addTask {
                do throws(BotAPIError) {
                    return .success(
                        try await api.call("sendMessage", parameters, isFresh: isFresh))
                } catch {
                    return .failure(error)
                }
            }
            defer { group.cancelAll() }
            while true {
                group.addTask {
                    // Cancelled when the answer comes.
                    try? await connectionStatus.sleep(nil, of: observer)
                    return nil
                }
                if let answer = try await group.next() ?? .failure(.cancelled) { return answer }
                try await countBacklog()
            }
        }
    }

    /// Composes the batch that is sent next.
    private func compose() async throws -> MessageBatch {
        var batch = MessageBatch()
        for (index, delivery) in queue.enumerated() {
            let message = delivery.message
            if isSilent(message) {
                batch.consumed = index + 1
                continue
            }
            // The batch may hold the message that this one deletes.
            if message.kind == .deletion { break }
            // An answer to a message of this batch must come after it.
            let answered = message.reply?.number
            if batch.deliveries.contains(where: { $0.message.number == answered }) { break }
            let target = try await replyTarget(of: message)
            if target != nil, !batch.deliveries.isEmpty { break }
            let lines = settings.composer.lines(of: message, quotes: target == nil)
            guard batch.append(delivery, lines) else { break }
            batch.replyTo = target
            batch.consumed = index + 1
            if batch.isFull || batch.deliveries.count >= rejections.limit { break }
        }
        return batch
    }

    /// Returns Telegram's name for the message that another one answers; nil if it has none there.
    private func replyTarget(of message: Message) async throws -> String? {
        guard let number = message.reply?.number, number > 0, message.kind == .message,
            !rejections.isQuoted(message.number),
            let remoteID = try await port.remoteID(of: number, in: binding.channel),
            IncomingMessage.id(of: remoteID, in: chats.location(of: binding).chat) != nil
        else { return nil }
        return remoteID
    }

    /// Stores a plan that is about to be sent.
    private mutating func beginSending(_ sendPlan: SendPlan) async throws {
        switch pendingSend.begin(sendPlan) {
        case .save(let checkpoint): try await save(checkpoint)
        case .mayRepeat: recordPossibleDuplicate()
        case .ready: break
        }
    }

    /// Records that the message may have arrived already, and may come to be there twice.
    mutating func recordPossibleDuplicate() {
        possibleDuplicates += 1
        port.possibleDuplicates.add()
        settings.log.warning(
            """
            a message to \(chats.location(of: binding)) may arrive more than once: an answer was lost \
            (possible duplicates so far: \(possibleDuplicates))
            """)
    }

    /// Returns the name of a message that Telegram took, if it gives one.
    private static func remoteID(of result: JSON, in location: ChatLocation) -> String? {
        // With 0 the message has no name yet.
        guard let id = result["message_id"].integer, id > 0 else { return nil }
        return IncomingMessage.remoteID(chat: location.chat, id: id)
    }

    /// Returns the parameters of a `sendMessage`.
    static func parameters(
        _ text: String, _ location: ChatLocation, _ replyTo: Int64?
    ) -> [String: JSON] {
        var reply = JSON.null
        if let replyTo {
            reply = .object([
                "message_id": .integer(replyTo), "allow_sending_without_reply": .bool(true),
            ])
        }
        return [
            "chat_id": .integer(location.chat),
            "message_thread_id": location.topic.map { .integer($0) } ?? .null,
            "text": .text(text), "reply_parameters": reply,
            "link_preview_options": .object(["is_disabled": .bool(true)]),
        ]
    }

    /// Goes on to the next part of a plan, or finishes it with the last.
    mutating func advance(_ sendPlan: SendPlan, as remoteID: String?) async throws {
        backoff.reset()
        let next = sendPlan.next(after: remoteID)
        if next.parts.isEmpty {
            try await finish(next)
        } else {
            try await save(pendingSend.advance(to: next))
        }
    }

    func save(_ checkpoint: Checkpoint?) async throws {
        if let checkpoint { try await port.saveCheckpoints([checkpoint]) }
    }
}
