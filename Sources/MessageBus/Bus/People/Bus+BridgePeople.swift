// People whom bridges stand for, and what is said to them alone.
extension Bus {
    /// Returns whether there is a room with a name.
    func isRoom(_ name: String) -> Bool { room(name) != nil }

    /// Lets somebody in; returns pass if they are in the room afterwards.
    func enter(
        _ name: String, room roomName: String?, hasNotices: Bool, isQuiet: Bool = false,
        by attachment: BridgeAttachment
    ) -> Verdict {
        guard let room = room(roomName ?? attachment.room) else {
            return .drop("there is no such room", code: "unknown-room")
        }
        let sender = sender(of: Draft("", from: name), by: attachment)
        if attachment.presences.contains(where: { $0.room === room && $0.isOf(sender) }) {
            return .pass
        }
        let presence = Presence(
            sender: sender, room: room, delegate: attachment,
            hasNotices: hasNotices && attachment.direction != .out)
        if let refusal = enter(presence, by: attachment, isQuiet: isQuiet) {
            return Self.verdict(refusal)
        }
        attachment.presences.append(presence)
        return .pass
    }

    /// Takes people off the list.
    func leave(
        _ names: [String], room: String?, isQuiet: Bool = false, by attachment: BridgeAttachment
    ) {
        let keys = Set(names.map { sender(of: Draft("", from: $0), by: attachment).key })
        let isLeaving = { (presence: Presence) in
            keys.contains(presence.sender.key) && (room == nil || presence.room.name == room)
        }
        let leaving = attachment.presences.filter(isLeaving)
        attachment.presences.removeAll(where: isLeaving)
        end(leaving, isQuiet: isQuiet)
    }

    /// Takes everybody whom a bridge stands for off the list.
    func leaveAll(of attachment: BridgeAttachment) {
        let leaving = attachment.presences
        attachment.presences = []
        // People of other instances come back with the bridge: nobody has left.
        end(leaving, isQuiet: attachment.isFleet)
    }

    private func end(_ presences: [Presence], isQuiet: Bool = false) {
        // Those of one person together, so that none is a change of rooms.
        var (people, order): ([String: [Presence]], [String]) = ([:], [])
        for presence in presences {
            if people[presence.sender.key] == nil { order.append(presence.sender.key) }
            people[presence.sender.key, default: []].append(presence)
        }
        for key in order { leave(people[key] ?? [], isQuiet: isQuiet) }
    }

    /// Gives somebody another name.
    func rename(_ name: String, to other: String, by attachment: BridgeAttachment) -> Verdict {
        guard let presence = presence(of: name, by: attachment) else {
            return .drop("nobody of that name is here", code: "unknown-user")
        }
        let sender = sender(of: Draft("", from: other), by: attachment)
        if sender === presence.sender { return .pass }
        return rename(presence, to: sender).map(Self.verdict) ?? .pass
    }

    private func presence(of name: String, by attachment: BridgeAttachment) -> Presence? {
        let sender = sender(of: Draft("", from: name), by: attachment)
        return attachment.presences.first { $0.isOf(sender) }
    }

    private static func verdict(_ refusal: NameRefusal) -> Verdict {
        switch refusal {
        case .taken, .registered: .drop("somebody else has that name", code: "name-in-use")
        case .banned(let reason): .drop(reason, code: "forbidden")
        case .muted: .drop("who is muted may not change names", code: "forbidden")
        case .dropped(let drop): Verdict(drop)
        }
    }

    // MARK: - Private messages

    /// Makes the queue into which private messages for the people of a bridge go from now on.
    func openPrivateMessages(of attachment: BridgeAttachment) -> PrivateMessageQueue {
        attachment.privateMessages?.close()
        let queue = PrivateMessageQueue(owner: owner)
        attachment.privateMessages = queue
        let waiting = attachment.pendingPrivateMessages
        attachment.pendingPrivateMessages = []
        for message in waiting { attachment.deliver(message) }
        return queue
    }

    /// Returns the next message of a queue; `nil` at the end.
    func next(of queue: PrivateMessageQueue) async -> Message? {
        while !Task.isCancelled {
            let seen = queue.signal.count
            if let message = queue.removeFirst() { return message }
            if queue.isClosed || isEnding { break }
            await queue.signal.wait(since: seen)
        }
        return nil
    }

    /// Sends a private message for somebody whom a bridge stands for.
    func whisper(
        _ text: String, from name: String, to receiver: String, isAutomatic: Bool,
        by attachment: BridgeAttachment
    ) -> Receipt {
        if attachment.direction == .out {
            return refused("direction is \"out\"", code: "forbidden")
        }
        guard let person = people[settings.namePolicy.fold(receiver)], person.isReachable else {
            return refused("nobody of that name is here", code: "unknown-user")
        }
        if person.isFull { return refused("they have too many unread messages", code: "full") }
        let (cleaned, _) = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleanedLines(repairing: $0)
        }
        if cleaned.count > Draft.maxTextBytes {
            return refused("\(cleaned.count) bytes", code: "too-long")
        }
        if unsafe cleaned.withUnsafeBytes({ TextTrimming.isBlank($0) }) {
            return refused("nothing was said", code: "dropped")
        }
        let known = presence(of: name, by: attachment)
        let speaking =
            known
            ?? Presence(
                sender: sender(of: Draft("", from: name), by: attachment),
                room: person.presences[0].room,
                delegate: attachment, hasNotices: false)
        if known == nil, let refusal = enter(speaking, by: attachment) {
            return Receipt(number: nextNumber(), verdict: Self.verdict(refusal))
        }
        defer { if known == nil { leave(speaking) } }
        let result = unsafe cleaned.withUnsafeBytes {
            whisper($0, from: speaking, to: person, named: nil, isAutomatic: isAutomatic)
        }
        switch result {
        case .said(let number): return Receipt(number: number, verdict: .pass)
        case .dropped(let drop):
            return Receipt(number: nextNumber(), verdict: Verdict(drop))
        default: return refused("nobody of that name is here", code: "unknown-user")
        }
    }

    private func refused(_ reason: String, code: String) -> Receipt {
        Receipt(number: nextNumber(), verdict: .drop(reason, code: code))
    }
}

extension Presence {
    /// Returns true if the presence is a sender's, by the name that everybody sees.
    fileprivate func isOf(_ sender: Sender) -> Bool { self.sender.key == sender.key }
}
