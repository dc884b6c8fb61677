extension Bus {
    /// Returns the person here who has a folded name.
    package func person(_ key: String) -> Person? { people[key] }

    /// Returns everybody in a room, sorted by name.
    package func people(in room: Room) -> [Person] {
        people.values.filter { $0.room === room }.sorted { $0.sender.name < $1.sender.name }
    }

    /// Lets somebody in and tells the room.
    ///
    /// Returns why not, if so; nothing is done then.
    ///
    /// - Parameter before: is called when it is certain, before anybody is told.
    package func enter(
        _ person: Person, by attachment: BridgeAttachment, before: () -> Void = {}
    ) -> NameRefusal? {
        guard people[person.sender.key] == nil else { return .taken }
        let notice = judged(.join, of: person, in: person.room, attachment)
        if let notice, !store(notice) { return .dropped(notice) }
        before()
        people[person.sender.key] = person
        known.take(person.sender.key, at: settings.uptime())
        person.room.population += 1
        if let notice { person.room.append(notice.arena) }
        return nil
    }

    /// Lets somebody out and, unless the bus is stopping, tells the room.
    package func leave(_ person: Person, by attachment: BridgeAttachment) {
        guard people.removeValue(forKey: person.sender.key) != nil else { return }
        known.leave(person.sender.key, at: settings.uptime())
        person.room.population -= 1
        if !isStopping { announceLeave(of: person, by: attachment) }
    }

    /// Gives somebody another name and tells the room.
    ///
    /// Returns why not, if so; nothing is done then.
    package func rename(
        _ person: Person, to sender: Sender, by attachment: BridgeAttachment
    ) -> NameRefusal? {
        if let other = people[sender.key], other !== person { return .taken }
        let notice = judged(.rename, of: person, in: person.room, attachment, other: sender)
        if let notice, !store(notice) { return .dropped(notice) }
        if sender.key != person.sender.key {
            people.removeValue(forKey: person.sender.key)
            people[sender.key] = person
            known.leave(person.sender.key, at: settings.uptime())
            known.take(sender.key, at: settings.uptime())
        }
        person.sender = sender
        if let notice { person.room.append(notice.arena) }
        return nil
    }

    /// Takes somebody from one room to another and tells both.
    ///
    /// Returns why not, if so; nothing is done then.
    package func move(
        _ person: Person, to room: Room, by attachment: BridgeAttachment, between: () -> Void = {}
    ) -> Drop? {
        // Judged before anybody is told of the leave, appended when its reader is there to read it.
        let notice = judged(.join, of: person, in: room, attachment)
        if let notice, !store(notice) { return notice.drops.first?.drop }
        // A room is no person, but where somebody goes is kept as whom something is about.
        let destination = Sender(name: room.name, key: room.name, bridge: "", identity: 0)
        announceLeave(of: person, by: attachment, to: destination)
        person.room.population -= 1
        person.room = room
        room.population += 1
        between()
        if let notice { room.append(notice.arena) }
        return nil
    }

    /// Sends a private message through the chains to the two it concerns.
    ///
    /// Returns why not, if so.
    package func whisper(
        _ text: UnsafeRawBufferPointer, from sender: Person, to receiver: Person,
        by attachment: BridgeAttachment
    ) -> Drop? {
        let batch = self.batch(room: sender.room.name, capacity: 1, bytes: text.count)
        var header = MessageHeader()
        header.flags = .isPrivate
        batch.arena.append(
            header, copying: text, sender: sender.sender,
            details: MessageDetails(other: receiver.sender))
        judge(batch, by: attachment)
        if let drop = batch.drops.first?.drop { return drop }
        let message = batch.arena.message(at: 0)
        sender.mailbox.deliver(message)
        if sender !== receiver { receiver.mailbox.deliver(message) }
        return nil
    }

    /// Tells a room that somebody leaves it, which no middleware can drop.
    private func announceLeave(
        of person: Person, by attachment: BridgeAttachment, to destination: Sender? = nil
    ) {
        let notice = judged(.leave, of: person, in: person.room, attachment, other: destination)
        if let notice, store(notice) { person.room.append(notice.arena) }
    }

    /// Returns a notice that the chains have judged, neither stored nor appended yet; `nil` if
    /// nothing is to be announced.
    private func judged(
        _ kind: Message.Kind, of person: Person, in room: Room, _ attachment: BridgeAttachment,
        other: Sender? = nil
    ) -> Batch? {
        guard person.isAnnounced else { return nil }
        let batch = self.batch(room: room.name, capacity: 1, bytes: 0)
        var header = MessageHeader()
        header.kind = kind
        let details = other.map { MessageDetails(other: $0) }
        batch.arena.append(
            header, copying: .init(start: nil, count: 0), sender: person.sender, details: details)
        batch.pass.isTraced = keepsMessages
        judge(batch, by: attachment)
        return batch
    }
}
