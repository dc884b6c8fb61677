// Messages from one person to another alone: never in a room, nor among the store's messages.
extension Bus {
    /// Sends a private message through the chains to its sender and its receiver, once on each of
    /// their connections, and has it stored for each of them who is logged in.
    ///
    /// Returns the reason if it could not be sent.
    ///
    /// - Parameter reply: the message that it answers.
    @safe package func whisper(
        _ text: UnsafeRawBufferPointer, from presence: Presence, to receiver: Person,
        answering reply: Quotation? = nil
    ) -> Drop? {
        guard
            case .dropped(let drop) = whisper(
                text, from: presence, to: receiver, named: nil, answering: reply)
        else { return nil }
        return drop
    }

    /// Does the same for a sender who may have an id for the message.
    @safe func whisper(
        _ text: UnsafeRawBufferPointer, from presence: Presence, to receiver: Person,
        named id: SpeechID?, answering reply: Quotation? = nil, isAutomatic: Bool = false
    ) -> SpeechResult {
        guard let sender = presence.person else { return .notHere }
        let batch = unsafe privateBatch(
            text, from: presence, to: receiver.sender, answering: reply, origin: id?.origin,
            isAutomatic: isAutomatic)
        if let drop = batch.drops.first?.drop { return .dropped(drop) }
        let message = batch.arena.message(at: 0)
        deliver(message, to: sender, of: presence)
        if sender !== receiver { deliver(message, to: receiver) }
        if sender.account != nil || receiver.account != nil {
            settings.accounts.save(PrivateMessage(message, to: receiver.sender))
        }
        return .said(message.number)
    }

    /// Sends a private message through the chains and leaves it for somebody who is away.
    ///
    /// Returns the reason if it could not be left; `then` is not called in that case.
    ///
    /// - Parameter then: is called on the loop, later. If the message could be left, its sender
    ///   reads it by then, on all connections.
    @safe package func leave(
        _ text: UnsafeRawBufferPointer, from presence: Presence, for account: Account,
        answering reply: Quotation? = nil, then: @escaping (LeavingResult) -> Void
    ) -> Drop? {
        leave(text, from: presence, for: account, answering: reply, origin: nil) { result, _ in
            then(result)
        }
    }

    /// Does the same for a sender who may have an id for the message; `then` is given the message's
    /// number too.
    @safe func leave(
        _ text: UnsafeRawBufferPointer, from presence: Presence, for account: Account,
        answering reply: Quotation? = nil, origin: Origin?,
        then: @escaping (LeavingResult, MessageNumber) -> Void
    ) -> Drop? {
        let receiver = Sender(account, bridge: "")
        let batch = unsafe privateBatch(
            text, from: presence, to: receiver, answering: reply, origin: origin)
        if let drop = batch.drops.first?.drop { return drop }
        let message = batch.arena.message(at: 0)
        settings.accounts.leave(PrivateMessage(message, to: receiver)) { result in
            if case .left = result, let sender = presence.person {
                self.deliver(message, to: sender, of: presence)
            }
            then(result, message.number)
        }
        return nil
    }

    private func privateBatch(
        _ text: UnsafeRawBufferPointer, from presence: Presence, to receiver: Sender,
        answering reply: Quotation?, origin: Origin?, isAutomatic: Bool = false
    ) -> Batch {
        let batch = self.batch(room: presence.room.name, capacity: 1, bytes: text.count)
        var header = MessageHeader()
        header.flags = isAutomatic ? [.isPrivate, .automatic] : .isPrivate
        if unsafe text.contains(UInt8(ascii: "\n")) { header.flags.insert(.hasLines) }
        batch.arena.append(
            header, copying: text, sender: presence.sender,
            details: MessageDetails(reply: reply, other: receiver, origin: origin))
        if let attachment = presence.attachment { judge(batch, by: attachment) }
        return batch
    }

    /// Delivers a message on each of somebody's connections that keeps up.
    ///
    /// - Parameter speaking: the connection that said it, which gets it in any case.
    private func deliver(_ message: Message, to person: Person, of speaking: Presence? = nil) {
        for presence in person.onePerDelegate {
            let delegate = presence.delegate
            if delegate === speaking?.delegate || !delegate.isFull { delegate.deliver(message) }
        }
    }
}

extension PrivateMessage {
    /// Makes a private message for the store from what the chains have left of it.
    fileprivate init(_ message: Message, to receiver: Sender) {
        self.init(
            number: message.number, time: message.time, from: Party(message.sender),
            to: Party(receiver), text: message.text, answering: message.reply)
    }
}

extension PrivateMessage.Party {
    /// Makes a party from a sender's name and account.
    fileprivate init(_ sender: Sender) {
        self.init(account: sender.account, name: sender.name, key: sender.key)
    }
}

extension Message {
    /// Makes a message from a stored private message; it is in no room.
    package init(_ stored: PrivateMessage) {
        var header = MessageHeader()
        header.number = stored.number
        header.time = stored.time
        header.flags =
            stored.text.utf8.contains(UInt8(ascii: "\n")) ? [.isPrivate, .hasLines] : .isPrivate
        self.init(
            header: header, sender: Sender(stored.sender), body: Body(stored.text), room: "",
            details: MessageDetails(reply: stored.reply, other: Sender(stored.receiver)), uptime: 0)
    }
}

extension Sender {
    /// Makes a sender from the sender or the receiver of a stored private message.
    fileprivate convenience init(_ party: PrivateMessage.Party) {
        self.init(name: party.name, key: party.key, bridge: "", identity: 0, account: party.account)
    }
}
