import Chat
import MessageBus

extension Outbox {
    /// Messages looked at for one parcel; it holds a few hundred at most.
    private static var gathered: Int { 256 }
    /// Bytes of text looked at for one parcel, more than it holds.
    private static var gatheredBytes: Int { 16 << 10 }
    /// Messages that are counted while Telegram does not answer; more are only known to be more.
    private static var counted: Int { 1_000 }
    private static var countedBytes: Int { 1 << 20 }

    /// Sends one message of Telegram's: the next part of what is under way, or else what waits, as
    /// much of it as goes into one.
    mutating func attempt(_ deliveries: inout Deliveries.Iterator) async throws -> Outcome {
        if let sendPlan = pendingSend.sendPlan {
            try await gather(&deliveries, through: sendPlan.last)
            if !said(in: sendPlan).isEmpty { return try await send(sendPlan, &deliveries) }
            // An earlier run was done with it.
            pendingSend.end()
        }
        try await gather(&deliveries, Self.gathered, Self.gatheredBytes)
        let batch = try await compose()
        guard let sendPlan = batch.sendPlan else {
            try await settle(silent: batch)
            return .goOn
        }
        return try await send(sendPlan, &deliveries)
    }

    private mutating func send(
        _ sendPlan: SendPlan, _ deliveries: inout Deliveries.Iterator
    ) async throws -> Outcome {
        guard let text = sendPlan.parts.first else { return .goOn }
        try await depart(sendPlan)
        let location = chats.location(of: binding)
        let call = Self.parameters(text, location, sendPlan.target(in: location.chat))
        switch try await answer(to: call, &deliveries) {
        case .success(let result):
            // What waits now is what has waited for this.
            if connectionStatus.wakes(of: source) != nil { try await count(&deliveries) }
            connectionStatus.success(of: source)
            (isFresh, hasMoved) = (false, false)
            if let chat = floodedChat.take() {
                try await keep(Checkpoint(source: FloodWait.source(chat), state: []))
            }
            try await goOn(sendPlan, as: Self.remoteID(of: result, in: location), &deliveries)
            return .goOn
        case .failure(let apiError):
            return try await failed(sendPlan, location, apiError, &deliveries)
        }
    }

    /// Sends it, and counts what waits while that takes long.
    private mutating func answer(
        to parameters: [String: JSON], _ deliveries: inout Deliveries.Iterator
    ) async throws -> Result<JSON, BotAPIError> {
        let (api, isFresh, watch) = (api, isFresh, settings.watch)
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
                    // Cancelled when the answer is there.
                    try? await watch.sleep(ConnectionStatus.slice)
                    return nil
                }
                if let answer = try await group.next() ?? .failure(.cancelled) { return answer }
                try await count(&deliveries)
            }
        }
    }

    private mutating func settle(silent batch: MessageBatch) async throws {
        guard batch.consumed > 0 else { return }
        let last = queue[batch.consumed - 1]
        queue.removeFirst(batch.consumed)
        try await last.acknowledge()
    }

    /// Takes what waits, without waiting for more.
    private mutating func gather(
        _ deliveries: inout Deliveries.Iterator, _ count: Int, _ bytes: Int
    ) async throws {
        var size = queue.reduce(0) { $0 + $1.message.body.count }
        while queue.count < count, size < bytes, try await deliveries.look(),
            let next = try await deliveries.next()
        {
            take(next)
            size += next.message.body.count
        }
    }

    /// Takes what waits up to a message that was taken before.
    private mutating func gather(
        _ deliveries: inout Deliveries.Iterator, through number: UInt64
    ) async throws {
        while queue.last.map({ $0.message.number < number }) ?? true, try await deliveries.look(),
            let next = try await deliveries.next()
        { take(next) }
    }

    /// Counts what waits, so that what the room is told is so.
    mutating func count(_ deliveries: inout Deliveries.Iterator) async throws {
        try await gather(&deliveries, Self.counted, Self.countedBytes)
        let isMore = try await deliveries.look()
        connectionStatus.note(waiting: waiting, isMore: isMore, for: binding.channel)
    }

    /// Puts together what goes out next.
    private func compose() async throws -> MessageBatch {
        var batch = MessageBatch()
        for (index, delivery) in queue.enumerated() {
            let message = delivery.message
            if isSilent(message) {
                batch.consumed = index + 1
                continue
            }
            // An answer to what is only just going out has to come after it.
            let answered = message.reply?.number
            if batch.said.contains(where: { $0.message.number == answered }) { break }
            let target = try await replyTarget(of: message)
            if target != nil, !batch.said.isEmpty { break }
            let lines = settings.composer.lines(of: message, quotes: target == nil)
            guard batch.add(delivery, lines) else { break }
            batch.replyTo = target
            batch.consumed = index + 1
            if batch.isFull || batch.said.count >= refusals.most { break }
        }
        return batch
    }

    /// What a message answers, as Telegram calls it; nil if it is not there.
    private func replyTarget(of message: Message) async throws -> String? {
        guard let number = message.reply?.number, number > 0, message.kind == .message,
            !refusals.isInWords(message.number),
            let remoteID = try await port.remoteID(of: number, in: binding.channel),
            IncomingMessage.id(of: remoteID, in: chats.location(of: binding).chat) != nil
        else { return nil }
        return remoteID
    }

    /// Keeps what is about to be sent.
    private mutating func depart(_ sendPlan: SendPlan) async throws {
        switch pendingSend.depart(sendPlan) {
        case .keep(let checkpoint): try await keep(checkpoint)
        case .perhapsAgain: noteDuplicate()
        case .known: break
        }
    }

    /// Notes that what is about to be sent may be there already.
    private mutating func noteDuplicate() {
        possibleDuplicates += 1
        settings.log.warning(
            """
            a message to \(chats.location(of: binding)) may arrive more than once: an answer was lost \
            (possible duplicates so far: \(possibleDuplicates))
            """)
    }

    /// What a message is called that Telegram took, if it says so.
    private static func remoteID(of result: JSON, in location: ChatLocation) -> String? {
        // 0: it has none yet.
        guard let id = result["message_id"].integer, id > 0 else { return nil }
        return IncomingMessage.remoteID(chat: location.chat, id: id)
    }

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

    /// Goes on with the next part, or with what comes after the last.
    mutating func goOn(
        _ sendPlan: SendPlan, as remoteID: String?, _ deliveries: inout Deliveries.Iterator
    ) async throws {
        backoff.reset()
        let next = sendPlan.next(after: remoteID)
        if next.parts.isEmpty {
            try await finish(next, &deliveries)
        } else {
            try await keep(pendingSend.goOn(with: next))
        }
    }

    private func keep(_ checkpoint: Checkpoint?) async throws {
        if let checkpoint { try await port.keep([checkpoint]) }
    }

    // MARK: - What may go wrong

    private mutating func failed(
        _ sendPlan: SendPlan, _ location: ChatLocation, _ apiError: BotAPIError,
        _ deliveries: inout Deliveries.Iterator
    ) async throws -> Outcome {
        isFresh = true
        if case .flood(let pause) = apiError {
            // At once: a new start is to know of it.
            pace.block(for: pause)
            try await keep(flood: pause, in: location.chat)
        }
        // Before the outage is noted: that may be when the room is told, or when it is over.
        if apiError.isNoAnswer || connectionStatus.wakes(of: source) != nil {
            try await count(&deliveries)
        }
        connectionStatus.note(apiError, of: source, since: begun)
        switch apiError {
        case .cancelled: return .stop
        case .unreachable(_, mayHaveArrived: true):
            if pendingSend.mayHaveArrived() { noteDuplicate() }
            return .hold
        case .rejected(let answer):
            let isLinked = sendPlan.target(in: location.chat) != nil
            try await refused(sendPlan, answer, isLinked: isLinked, &deliveries)
            return .goOn
        default: try await keep(pendingSend.hasNotArrived())
        }
        switch apiError {
        case .flood(let pause):
            settings.log.info("too much for \(location): nothing is sent for \(pause)")
            try await count(&deliveries)
            let isMore = try await deliveries.look()
            await blocks.flood(
                binding, in: location.chat, for: pause, waiting: waiting, isMore: isMore)
            return .goOn
        case .migrated(let chat):
            // Once for a message: chats that name one another would go on for ever.
            if !hasMoved, try await move(location.chat, to: chat) {
                hasMoved = true
                return .goOn
            }
            hasMoved = false
            return .shut("\(apiError)")
        case .shut(let answer): return .shut(answer)
        default: return .hold
        }
    }

    /// Telegram will never take it as it is.
    private mutating func refused(
        _ sendPlan: SendPlan, _ answer: String, isLinked: Bool,
        _ deliveries: inout Deliveries.Iterator
    ) async throws {
        let numbers = said(in: sendPlan).map(\.message.number)
        switch refusals.remedy(for: numbers, isLinked: isLinked) {
        case .fewer, .inWords: try await keep(pendingSend.giveUp())
        case .passOver:
            try await passOver(sendPlan, answer)
            // The other parts of it may be taken.
            try await goOn(sendPlan, as: nil, &deliveries)
        }
    }

    /// Keeps how long a chat is to be left alone: a new start must not make it longer.
    private mutating func keep(flood pause: Duration, in chat: Int64) async throws {
        let flood = FloodWait(pause, at: await port.now)
        floodedChat = chat
        try await keep(flood.checkpoint(for: chat))
    }

    /// Follows a chat to where it is now; returns false if that is where it was.
    private func move(_ from: Int64, to chat: Int64) async throws -> Bool {
        if let checkpoint = chats.move(from: from, to: chat) {
            settings.log.warning(GroupMigration(from: from, to: chat).sentence)
            try await keep(checkpoint)
        }
        // Who reads the chat may have found out first.
        return chats.location(of: binding).chat != from
    }
}
