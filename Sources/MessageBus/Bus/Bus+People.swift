extension Bus {
    /// Who goes by this folded name.
    package func person(_ key: String) -> Person? { people[key] }

    /// Everybody in a room, by name.
    package func people(in room: Room) -> [Person] {
        people.values.filter { $0.room === room }.sorted { $0.sender.name < $1.sender.name }
    }

    /// Lets somebody in and tells the room.
    ///
    /// Returns false, and does nothing, if the name is taken.
    ///
    /// - Parameter before: is called when it is certain, before anybody is told.
    package func enter(
        _ person: Person, by intake: Intake, before: () -> Void = {}
    ) -> Bool {
        guard people[person.sender.key] == nil else { return false }
        before()
        people[person.sender.key] = person
        person.room.population += 1
        if person.isAnnounced { announce(.join, of: person.sender, in: person.room, by: intake) }
        return true
    }

    /// Lets somebody out and, unless the bus is stopping, tells the room.
    package func leave(_ person: Person, by intake: Intake) {
        guard people.removeValue(forKey: person.sender.key) != nil else { return }
        person.room.population -= 1
        if person.isAnnounced, !isStopping {
            announce(.leave, of: person.sender, in: person.room, by: intake)
        }
    }

    /// Gives somebody another name and tells the room.
    ///
    /// Returns false if the name is taken.
    package func rename(_ person: Person, to sender: Sender, by intake: Intake) -> Bool {
        if let other = people[sender.key], other !== person { return false }
        people.removeValue(forKey: person.sender.key)
        people[sender.key] = person
        let old = person.sender
        person.sender = sender
        announce(.rename, of: old, in: person.room, by: intake, other: sender)
        return true
    }

    /// Takes somebody from one room to another and tells both.
    package func move(
        _ person: Person, to room: Room, by intake: Intake, between: () -> Void = {}
    ) {
        // A room is no person, but where somebody goes is kept as whom something is about.
        let destination = Sender(name: room.name, key: room.name, bridge: "", identity: 0)
        announce(.leave, of: person.sender, in: person.room, by: intake, other: destination)
        person.room.population -= 1
        person.room = room
        room.population += 1
        between()
        announce(.join, of: person.sender, in: room, by: intake)
    }

    /// Sends a private message through the chains to the two it concerns.
    ///
    /// Returns why not, if so.
    package func whisper(
        _ text: UnsafeRawBufferPointer, from sender: Person, to receiver: Person, by intake: Intake
    ) -> Drop? {
        let batch = self.batch(room: sender.room.name, capacity: 1, bytes: text.count)
        var record = Record()
        record.flags = .isPrivate
        batch.append(
            record, text: text, sender: sender.sender, details: Details(other: receiver.sender))
        judge(batch, by: intake)
        if let drop = batch.drops.first?.drop { return drop }
        let message = batch.message(at: 0)
        sender.mailbox.deliver(message)
        if sender !== receiver { receiver.mailbox.deliver(message) }
        return nil
    }

    private func announce(
        _ kind: Message.Kind, of sender: Sender, in room: Room, by intake: Intake,
        other: Sender? = nil
    ) {
        let batch = self.batch(room: room.name, capacity: 1, bytes: 0)
        var record = Record()
        record.kind = kind
        let details = other.map { Details(other: $0) }
        batch.append(record, text: .init(start: nil, count: 0), sender: sender, details: details)
        publish(batch, in: room, by: intake)
    }
}
