import MessageBus

extension TelegramLane {
    /// Messages looked at for one parcel; it holds a few hundred at most.
    private static var gathered: Int { 256 }
    /// Bytes of text looked at for one parcel, more than it holds.
    private static var gatheredBytes: Int { 16 << 10 }
    /// Messages that are counted while Telegram does not answer; more are only known to be more.
    private static var counted: Int { 1_000 }
    private static var countedBytes: Int { 1 << 20 }

    /// Sends what waits, as much of it as goes into one message.
    mutating func attempt(_ deliveries: inout Deliveries.Iterator) async throws -> Outcome {
        guard try await pass() else { return .stop }
        try await gather(&deliveries, Self.gathered, Self.gatheredBytes)
        let parcel = try await compose()
        // Only silent ones were left, or what a plan of an earlier run was about.
        guard let last = parcel.said.last else {
            if plan != nil { plan = nil } else { try await settle(silent: parcel) }
            return .goOn
        }
        let begun = plan.flatMap { $0.last == last.message.number ? $0 : nil }
        var remoteIDs = begun?.remoteIDs ?? []
        let done = begun?.part ?? 0
        let parts = parcel.parts
        for (index, part) in parts.enumerated().dropFirst(done) {
            if index > done, try await !pass() { return .stop }
            try await keep(last.message.number, index, remoteIDs)
            switch try await send(part, replyTo: index == 0 ? parcel.replyTo : nil, &deliveries) {
            case .sent(let id): id.map { remoteIDs.append($0) }
            case .again:
                // If nothing of it has arrived, more may have come that goes with it.
                if index == 0, !isUncertain { try await forgetPlan() }
                return .goOn
            case .shut(let reason):
                if index == 0, !isUncertain { try await forgetPlan() }
                return .shut(reason)
            case .stop: return .stop
            case .rejected(let answer):
                try await refused(parcel, index, answer)
                return .goOn
            }
        }
        try await finish(parcel, as: remoteIDs, &deliveries)
        return .goOn
    }

    private mutating func settle(silent parcel: TelegramParcel) async throws {
        guard parcel.consumed > 0 else { return }
        let last = queue[parcel.consumed - 1]
        queue.removeFirst(parcel.consumed)
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

    /// Puts together what goes out next.
    private func compose() async throws -> TelegramParcel {
        var parcel = TelegramParcel()
        for (index, delivery) in queue.enumerated() {
            let message = delivery.message
            if let plan, message.number > plan.last { break }
            if isSilent(message) {
                parcel.consumed = index + 1
                continue
            }
            // An answer to what is only just going out has to come after it.
            let answered = message.reply?.number
            if parcel.said.contains(where: { $0.message.number == answered }) { break }
            let target = try await replyTarget(of: message)
            if target != nil, !parcel.said.isEmpty { break }
            let lines = settings.composer.lines(of: message, quotes: target == nil)
            guard parcel.add(delivery, lines) else { break }
            parcel.replyTo = target
            parcel.consumed = index + 1
            if parcel.isFull || alone > 0 { break }
        }
        return parcel
    }

    /// What a message answers, by Telegram's number; nil if Telegram doesn't know it.
    private func replyTarget(of message: Message) async throws -> Int64? {
        guard let number = message.reply?.number, number > 0, message.kind == .message,
            !unlinked.contains(message.number),
            let remoteID = try await port.remoteID(of: number, in: binding.channel)
        else { return nil }
        return TelegramPost.id(of: remoteID, in: chats.place(of: binding).chat)
    }

    /// Keeps what is about to be sent.
    private mutating func keep(
        _ last: UInt64, _ part: Int, _ remoteIDs: [String]
    ) async throws {
        var plan = TelegramPlan(last: last)
        plan.part = part
        plan.remoteIDs = remoteIDs
        // It was on its way in an earlier run, and nobody knows whether it arrived.
        if isRecalled, plan == self.plan { noteDuplicate() }
        isRecalled = false
        if plan == self.plan { return }
        self.plan = plan
        isUncertain = false
        try await keep(plan.checkpoint(for: binding.channel))
    }

    /// Forgets what was about to be sent, since it surely has not arrived.
    private mutating func forgetPlan() async throws {
        guard plan != nil else { return }
        plan = nil
        try await keep(Checkpoint(source: TelegramPlan.source(binding.channel), state: []))
    }

    /// Notes that what is about to be sent may be there already; said once a message.
    private mutating func noteDuplicate() {
        if isUncertain { return }
        possibleDuplicates += 1
        isUncertain = true
        settings.log.warning(
            """
            a message to \(chats.place(of: binding)) may arrive more than once: an answer was lost \
            (possible duplicates so far: \(possibleDuplicates))
            """)
    }

    /// What Telegram refused, alone if it was several.
    private mutating func refused(
        _ parcel: TelegramParcel, _ part: Int, _ answer: String
    ) async throws {
        try await forgetPlan()
        if parcel.said.count > 1 {
            alone = parcel.said.count
        } else if let first = parcel.said.first, part == 0, parcel.replyTo != nil,
            unlinked.insert(first.message.number).inserted
        {
            // Tried again with what it answers in words.
        } else {
            try await passOver(parcel, answer)
        }
    }

    /// What the store knows the end of a chat's flood by.
    static func floodSource(_ chat: Int64) -> String { "flood \(chat)" }

    // MARK: - One message

    private enum Sent {
        /// What Telegram calls it, if it says so.
        case sent(String?)
        case again
        case shut(String)
        case stop
        case rejected(String)
    }

    private mutating func send(
        _ text: String, replyTo: Int64?, _ deliveries: inout Deliveries.Iterator
    ) async throws -> Sent {
        var isFresh = false
        var hasMoved = false
        while true {
            let place = chats.place(of: binding)
            do throws(BotTrouble) {
                let result = try await api.call(
                    "sendMessage", Self.parameters(text, place, replyTo), isFresh: isFresh)
                outage.success(of: .channel(binding.channel))
                // 0: it has none yet.
                let id = result["message_id"].integer.flatMap { $0 > 0 ? $0 : nil }
                return .sent(id.map { TelegramPost.remoteID(chat: place.chat, id: $0) })
            } catch {
                outage.note(error, of: .channel(binding.channel))
                switch error {
                case .cancelled: return .stop
                case .unknownBot: throw error
                case .flood(let pause):
                    settings.log.info("too much for \(place): nothing is sent for \(pause)")
                    pace.block(for: pause)
                    try await keep(flood: pause, in: place.chat)
                    return .again
                case .migrated(let chat):
                    // Once for a message: chats that name one another would go on for ever.
                    guard !hasMoved, try await move(place.chat, to: chat) else {
                        return .shut("\(error)")
                    }
                    hasMoved = true
                    guard try await pass() else { return .stop }
                case .shut(let answer): return .shut(answer)
                case .rejected(let answer): return .rejected(answer)
                case .conflict, .unreachable(_, false):
                    guard try await hold(&deliveries) else { return .stop }
                case .unreachable(_, true):
                    noteDuplicate()
                    guard try await hold(&deliveries) else { return .stop }
                }
                isFresh = true
            }
        }
    }

    private static func parameters(
        _ text: String, _ place: TelegramPlace, _ replyTo: Int64?
    ) -> [String: JSON] {
        var reply = JSON.null
        if let replyTo {
            reply = .object([
                "message_id": .integer(replyTo), "allow_sending_without_reply": .bool(true),
            ])
        }
        return [
            "chat_id": .integer(place.chat),
            "message_thread_id": place.topic.map { .integer($0) } ?? .null,
            "text": .text(text), "reply_parameters": reply,
            "link_preview_options": .object(["is_disabled": .bool(true)]),
        ]
    }

    /// Waits until it may be better; returns false if the bus ends meanwhile.
    private mutating func hold(_ deliveries: inout Deliveries.Iterator) async throws -> Bool {
        try await gather(&deliveries, Self.counted, Self.countedBytes)
        let isMore = try await deliveries.look()
        outage.note(waiting: waiting, isMore: isMore, for: binding.channel)
        guard try await wait(backoff.next()) else { return false }
        return try await pass()
    }

    /// Keeps until when a chat is to be left alone: a new start must not make it longer.
    private func keep(flood pause: Duration, in chat: Int64) async throws {
        let end = await port.now.milliseconds + Int64(pause / .milliseconds(1))
        try await keep(Checkpoint(source: Self.floodSource(chat), state: Array("\(end)".utf8)))
    }

    /// Keeps something, unless the bus is ending.
    private func keep(_ checkpoint: Checkpoint) async throws {
        do {
            try await port.publish([Draft](), checkpoints: [checkpoint])
        } catch PortError.stopped {
            // At worst it is found out again at the next start.
        }
    }

    /// Follows a chat to where it is now; returns false if that is where it was.
    private func move(_ from: Int64, to chat: Int64) async throws -> Bool {
        if let checkpoint = chats.move(from: from, to: chat) {
            settings.log.warning(TelegramMove(from: from, to: chat).sentence)
            try await keep(checkpoint)
        }
        // Who reads the chat may have found out first.
        return chats.place(of: binding).chat != from
    }
}
