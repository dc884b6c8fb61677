// Speech by sessions and tokens, which give each message an id so that nothing is said twice.
extension Bus {
    /// Something that a session or token says in a room.
    package struct Speech {
        /// The text: UTF-8, in one line or several.
        package var text: [UInt8]
        /// The sender.
        package var sender: Sender
        /// The sender's presence in the room, which must last until it is said; `nil` if a program
        /// speaks, which is in no room: then the message is automatic.
        package var presence: Presence?
        /// The SHA-256 of the session or token.
        package var session: [UInt8]
        /// The speaker's own id for it; `nil`: it may be said any number of times.
        package var id: String?
        /// The number of the message that it answers.
        package var reply: MessageNumber?
        /// The connection that says it, which may pass over it; 0 for none.
        package var connectionID: UInt32 = 0
        /// True if the speaker's program says it automatically.
        package var isAutomatic = false
        /// The instances that it has passed.
        package var passed: [String] = []

        /// Makes something to say.
        package init(
            _ text: [UInt8], by sender: Sender, in presence: Presence? = nil, session: [UInt8],
            id: String? = nil, reply: MessageNumber? = nil
        ) {
            self.text = text
            self.sender = sender
            self.presence = presence
            self.session = session
            self.id = id
            self.reply = reply
        }
    }

    /// Says something in a room, unless the same session has said something with the same id within
    /// a day, even before a restart.
    ///
    /// A dropped message may be tried again. The messages of one session are said in order. Only a
    /// limited amount of what a program says may wait, because it is in no room: beyond that the
    /// answer is `full`.
    ///
    /// - Parameter then: is called on the loop, once, perhaps before this returns.
    /// - Returns: false if so many of the session's messages wait that no more should be read from
    ///   it until `whenResumed` says so.
    @discardableResult
    package func say(
        _ speech: Speech, in room: Room, by attachment: BridgeAttachment,
        then: @escaping (SpeechResult) -> Void
    ) -> Bool {
        let id = speech.id.map {
            SpeechID(bridge: attachment.name, session: speech.session, id: $0)
        }
        return sayOnce(
            SaidIDs.Pending(
                id: id, reply: speech.reply, content: .speech(speech, room, attachment),
                then: then), of: speech.session, by: attachment)
    }

    /// Says something to somebody alone, under the same rules.
    ///
    /// - Parameters:
    ///   - presence: the sender's, in whatever room.
    ///   - isAutomatic: true if the sender's program says it automatically.
    @discardableResult
    package func whisper(
        _ text: [UInt8], from presence: Presence, to key: String, session: [UInt8], id: String?,
        isAutomatic: Bool = false, by attachment: BridgeAttachment,
        then: @escaping (SpeechResult) -> Void
    ) -> Bool {
        let id = id.map { SpeechID(bridge: attachment.name, session: session, id: $0) }
        return sayOnce(
            SaidIDs.Pending(
                id: id, reply: nil,
                content: .whisper(text, presence, key, isAutomatic: isAutomatic), then: then),
            of: session, by: attachment)
    }

    private func sayOnce(
        _ pending: SaidIDs.Pending, of session: [UInt8], by attachment: BridgeAttachment
    ) -> Bool {
        let channel =
            pending.id?.channel
            ?? SpeechID(bridge: attachment.name, session: session, id: "").channel
        if pending.isOfProgram, saidIDs.isFull(channel) {
            pending.then(.full)
            return false
        }
        saidIDs.enqueue(pending, of: channel)
        if saidIDs.isAlone(in: channel) { sayNext(of: channel) }
        return !saidIDs.isFull(channel)
    }

    /// Registers a function that is called on the loop when more may be read from a session again.
    package func whenResumed(
        session: [UInt8], of attachment: BridgeAttachment, _ resumption: @escaping () -> Void
    ) {
        saidIDs.whenResumed(
            SpeechID(bridge: attachment.name, session: session, id: "").channel, resumption)
    }

    /// Says the next message of a session, or asks the store about it first.
    private func sayNext(of channel: DurableReader.Channel) {
        guard let pending = saidIDs.next(of: channel) else { return }
        if let id = pending.id, let number = saidIDs.number(of: id) {
            return finish(pending, of: channel, .saidBefore(number))
        }
        let answered = pending.reply.flatMap { number in
            rooms.lazy.compactMap { $0.log.message(numbered: number) }.first
        }
        let asksForReply = pending.reply != nil && answered == nil
        guard keepsMessages, pending.id != nil || asksForReply else {
            return attempt(pending, of: channel, answering: answered)
        }
        let (store, id, reply) = (store, pending.id, asksForReply ? pending.reply : nil)
        Task(executorPreference: tasks) {
            var numbers: [MessageNumber] = []
            // A store that can't be read keeps nobody from speaking.
            if let id { numbers = (try? await store.numbers(of: id.id, in: id.channel)) ?? [] }
            var message: Message?
            if let reply { message = try? await store.message(numbered: reply) }
            let found = (numbers.first, message)
            await self.perform { $0.proceed(channel, number: found.0, answered: found.1) }
        }
    }

    /// Goes on with the next message of a session, given the store's answer.
    private func proceed(
        _ channel: DurableReader.Channel, number: MessageNumber?, answered: Message?
    ) {
        guard let pending = saidIDs.next(of: channel) else { return }
        if let number {
            if let id = pending.id { saidIDs.record(id, as: number, at: settings.clock.wall()) }
            return finish(pending, of: channel, .saidBefore(number))
        }
        let answered =
            answered
            ?? pending.reply.flatMap { number in
                rooms.lazy.compactMap { $0.log.message(numbered: number) }.first
            }
        attempt(pending, of: channel, answering: answered)
    }

    private func attempt(
        _ pending: SaidIDs.Pending, of channel: DurableReader.Channel, answering message: Message?
    ) {
        if pending.reply != nil, message == nil {
            return finish(pending, of: channel, .unknownMessage)
        }
        switch pending.content {
        case .speech(let speech, let room, let attachment):
            let result = publish(
                speech, pending.id, answering: message, in: room, by: attachment)
            finish(pending, of: channel, result)
        case .whisper(let text, let presence, let key, let isAutomatic):
            whisper(
                text, from: presence, to: key, pending.id, isAutomatic: isAutomatic
            ) { result in
                self.finish(pending, of: channel, result)
            }
        }
    }

    private func finish(
        _ pending: SaidIDs.Pending, of channel: DurableReader.Channel, _ result: SpeechResult
    ) {
        if case .said(let number) = result, let id = pending.id {
            saidIDs.record(id, as: number, at: settings.clock.wall())
            if keepsMessages {
                var progress = BridgeProgress(
                    bridge: channel.bridge, checkpoints: [],
                    links: [(id.channel, Link(number: number, remoteID: id.id))])
                progress.isAwaited = false
                _ = store.enqueue(progress)
            }
        }
        let resumptions = saidIDs.removeNext(of: channel)
        pending.then(result)
        sayNext(of: channel)
        for resume in resumptions { resume() }
    }

    // MARK: - In a room

    private func publish(
        _ speech: Speech, _ id: SpeechID?, answering message: Message?, in room: Room,
        by attachment: BridgeAttachment
    ) -> SpeechResult {
        if room.isClosed { return .notHere }
        if let presence = speech.presence, presence.person == nil || presence.room !== room {
            return .notHere
        }
        if attachment.direction == .out {
            return .dropped(Drop(code: "forbidden", reason: "direction is \"out\""))
        }
        var reply: Quotation?
        if let message {
            guard message.room == room.name, message.header.isSaid, !message.header.isDeleted,
                !message.isPrivate
            else { return .unknownMessage }
            reply = Quotation(
                number: message.number, name: message.sender.name, excerpt: message.text)
        }
        if speech.passed.contains(instanceID) { return .dropped(Self.hasBeenHere) }
        let batch = self.batch(room: room.name, capacity: 1, bytes: speech.text.count)
        var origin = id?.origin
        if !speech.passed.isEmpty {
            origin = Origin(
                channel: origin?.channel, remoteID: origin?.remoteID, passed: speech.passed)
        }
        let details =
            reply != nil || origin != nil ? MessageDetails(reply: reply, origin: origin) : nil
        var header = MessageHeader()
        header.connectionID = speech.connectionID
        if isAutomatic(speech) { header.flags.insert(.automatic) }
        unsafe speech.text.withUnsafeBytes {
            append(
                $0, header, details, by: speech.presence?.sender ?? speech.sender,
                to: batch)
        }
        if let drop = reasonToRefuse(batch.arena[0], in: batch) { return .dropped(drop) }
        publish(batch, in: room, by: attachment)
        if let drop = batch.drops.first?.drop { return .dropped(drop) }
        return .said(batch.arena[0].number)
    }

    private func isAutomatic(_ speech: Speech) -> Bool {
        guard speech.presence != nil, !speech.isAutomatic else { return true }
        return isRelay(speech.sender)
    }

    // MARK: - To somebody alone

    private func whisper(
        _ text: [UInt8], from presence: Presence, to key: String, _ id: SpeechID?,
        isAutomatic: Bool, done: @escaping (SpeechResult) -> Void
    ) {
        guard let sender = presence.person else { return done(.notHere) }
        let cleaned = unsafe text.withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
        }
        if unsafe cleaned.withUnsafeBytes({ TextTrimming.isBlank($0) }) {
            return done(.dropped(Drop(code: "dropped", reason: "nothing was said")))
        }
        if let receiver = people[key] {
            guard receiver.isReachable else { return done(.unknownPerson) }
            if receiver.isFull, receiver !== sender { return done(.full) }
            let result = unsafe cleaned.withUnsafeBytes {
                whisper($0, from: presence, to: receiver, named: id, isAutomatic: isAutomatic)
            }
            return done(result)
        }
        guard let account = accounts.account(named: key), presence.sender.account != nil else {
            return done(.unknownPerson)
        }
        let drop = unsafe cleaned.withUnsafeBytes {
            leave($0, from: presence, for: account, origin: id?.origin) { result, number in
                switch result {
                case .left: done(.said(number))
                case .full: done(.full)
                case .unavailable: done(.unknownPerson)
                }
            }
        }
        if let drop { done(.dropped(drop)) }
    }
}
