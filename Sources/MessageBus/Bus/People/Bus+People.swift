// The people who are here: entering, leaving, changing names and rooms.
extension Bus {
    /// Returns the person here who has a folded name.
    package func person(_ key: String) -> Person? { people[key] }

    /// Returns everybody in a room, sorted by name.
    package func people(in room: Room) -> [Person] {
        people.values.filter { $0.isIn(room) }.sorted { $0.sender.name < $1.sender.name }
    }

    /// Lets somebody in and tells the room, unless the person is there already by another
    /// connection of the same account.
    ///
    /// Somebody who is in a room may enter further ones, with a presence for each, of the same
    /// delegate and identity or of the same account.
    ///
    /// Returns the reason of a refusal; nothing is done then.
    ///
    /// - Parameters:
    ///   - isQuiet: true if the room is not told of the entry, as for somebody who was there
    ///     before.
    ///   - before: called once the entry is certain, before anybody is told.
    package func enter(
        _ presence: Presence, by attachment: BridgeAttachment, isQuiet: Bool = false,
        before: () -> Void = {}
    ) -> NameRefusal? {
        let sender = presence.sender
        if let refusal = refusal(of: sender) { return refusal }
        let known = people[sender.key]
        if let known {
            guard let own = known.sender(of: presence) else { return .taken }
            presence.sender = own
        }
        let notice =
            isQuiet ? nil : joinNotice(of: presence, as: known, in: presence.room, attachment)
        if let notice, !store(notice) { return .dropped(notice) }
        before()
        presence.attachment = attachment
        let person = known ?? newPerson(sender)
        person.attach(presence)
        peopleChanges += 1
        if let notice { presence.room.append(notice.arena) }
        return nil
    }

    /// Ends several connections of somebody at once, so that each room is told of a leave and none
    /// of a change of rooms.
    package func leave(_ presences: [Presence], isQuiet: Bool = false) {
        var left: [(presence: Presence, person: Person, attachment: BridgeAttachment)] = []
        for presence in presences {
            guard let person = presence.person, let attachment = presence.attachment else {
                continue
            }
            remove(presence, of: person)
            left.append((presence, person, attachment))
        }
        var told: Set<ObjectIdentifier> = []
        for (presence, person, attachment) in left
        where !isStopping && !isQuiet && told.insert(ObjectIdentifier(presence.room)).inserted {
            publishLeaveNotice(of: presence, person, by: attachment)
        }
    }

    func remove(_ presence: Presence, of person: Person) {
        peopleChanges += 1
        let isLast = person.presences.count == 1
        person.detach(presence)
        guard isLast else { return }
        people.removeValue(forKey: presence.sender.key)
        knownNames.release(presence.sender.key, at: settings.clock.monotonic())
        tellPeopleChange(presence.sender.key)
    }

    func newPerson(_ sender: Sender) -> Person {
        let person = Person(
            sender: sender, account: sender.account.flatMap { settings.accounts.account($0) },
            firstNumber: unusedNumber ?? 0)
        people[sender.key] = person
        knownNames.occupy(sender.key, at: settings.clock.monotonic())
        tellPeopleChange(sender.key)
        return person
    }

    /// Ends one of somebody's connections; if it was the last one in a room, the room is told,
    /// unless the bus is stopping.
    package func leave(_ presence: Presence) {
        guard let person = presence.person, let attachment = presence.attachment else { return }
        remove(presence, of: person)
        if !isStopping { publishLeaveNotice(of: presence, person, by: attachment) }
    }

    /// Gives somebody another name and tells the rooms.
    ///
    /// Returns the reason of a refusal; nothing is done then.
    ///
    /// - Parameter presence: where the person asked for it.
    package func rename(_ presence: Presence, to sender: Sender) -> NameRefusal? {
        guard let person = presence.person, let attachment = presence.attachment else { return nil }
        if let refusal = refusal(of: sender) { return refusal }
        if isMuted(presence.sender) { return .muted }
        if let other = people[sender.key], other !== person { return .taken }
        let notices = renameNotices(of: person, to: sender, attachment)
        if let refused = notices.first(where: { !$0.notice.drops.isEmpty }) {
            _ = store(refused.notice)
            return .dropped(refused.notice)
        }
        apply(sender, to: person, notices)
        return nil
    }

    /// Gives somebody a name, whether or not a middleware would drop the notice.
    func forceRename(_ person: Person, to sender: Sender) {
        guard let attachment = person.presences.lazy.compactMap(\.attachment).first else { return }
        let notices = renameNotices(of: person, to: sender, attachment)
        apply(sender, to: person, notices.filter { $0.notice.drops.isEmpty }, isForced: true)
    }

    private func renameNotices(
        of person: Person, to sender: Sender, _ attachment: BridgeAttachment
    ) -> [(room: Room, notice: Batch)] {
        person.roomsWithNotices.map { room in
            (room, judged(.rename, of: person.sender, in: room, attachment, other: sender))
        }
    }

    private func apply(
        _ sender: Sender, to person: Person, _ notices: [(room: Room, notice: Batch)],
        isForced: Bool = false
    ) {
        let old = person.sender.key
        if sender.key != old {
            people.removeValue(forKey: old)
            people[sender.key] = person
            person.firstNumber = unusedNumber ?? 0
            knownNames.release(old, at: settings.clock.monotonic())
            knownNames.occupy(sender.key, at: settings.clock.monotonic())
            tellPeopleChange(old)
            tellPeopleChange(sender.key)
        }
        person.setName(of: sender, isForced: isForced)
        peopleChanges += 1
        for (room, notice) in notices where store(notice) { room.append(notice.arena) }
    }

    /// Moves somebody's connection from one room to another, and tells both.
    ///
    /// Returns the reason of a refusal; nothing is done then.
    package func move(
        _ presence: Presence, to room: Room, between: () -> Void = {}
    ) -> Drop? {
        guard let person = presence.person, let attachment = presence.attachment else { return nil }
        // Judged before anybody is told of the leave, appended when its reader is there to read it.
        let notice = joinNotice(of: presence, as: person, in: room, attachment)
        if let notice, !store(notice) { return notice.drops.first?.drop }
        person.detach(presence)
        publishLeaveNotice(of: presence, person, by: attachment, to: room)
        presence.room = room
        person.attach(presence)
        peopleChanges += 1
        between()
        if let notice { room.append(notice.arena) }
        return nil
    }

    // MARK: - Observers

    /// Calls a function on the loop with the folded name of everybody who comes, goes or changes
    /// names, while that happens: the function may only write the name down.
    ///
    /// Returns an id for `removePeopleObserver(_:)`.
    package func whenPeopleChange(_ action: @escaping (String) -> Void) -> UInt64 {
        lastObserver += 1
        peopleObservers[lastObserver] = action
        return lastObserver
    }

    /// Removes a function that `whenPeopleChange(_:)` added.
    package func removePeopleObserver(_ id: UInt64) { peopleObservers[id] = nil }

    private func tellPeopleChange(_ key: String) {
        for observer in peopleObservers.values { observer(key) }
    }

    /// Returns a room that is in no list and that nobody reads: for people who are here but not in
    /// any other room yet.
    ///
    /// - Parameter name: the room whose rules hold for what they say to somebody alone.
    package func hiddenRoom(like name: String) -> Room { Room(name: name, owner: owner) }

    // MARK: - Notices

    /// Returns the notice of a join, judged but neither stored nor appended yet; `nil` if there is
    /// to be none.
    ///
    /// - Parameter person: the person whom the presence will belong to, if already here.
    func joinNotice(
        of presence: Presence, as person: Person?, in room: Room, _ attachment: BridgeAttachment
    ) -> Batch? {
        guard presence.hasNotices, person?.hasNotices(in: room) != true else { return nil }
        return judged(.join, of: presence.sender, in: room, attachment)
    }

    /// Tells a room that somebody leaves it; no middleware can drop this notice.
    ///
    /// - Parameters:
    ///   - presence: the presence that has ended; if the person has others in that room, nothing is
    ///     announced.
    ///   - room: the room that the person goes to; `nil` if the person only leaves one, even if
    ///     still in others.
    private func publishLeaveNotice(
        of presence: Presence, _ person: Person, by attachment: BridgeAttachment,
        to room: Room? = nil
    ) {
        guard presence.hasNotices, !person.hasNotices(in: presence.room) else { return }
        // A room is not a person, but the destination is kept in the place of the other person.
        let destination = room.map {
            Sender(name: $0.name, key: $0.name, bridge: "", identity: 0)
        }
        let notice = judged(
            .leave, of: presence.sender, in: presence.room, attachment, other: destination)
        if store(notice) { presence.room.append(notice.arena) }
    }

    /// Returns a notice that the chains have judged, neither stored nor appended yet.
    private func judged(
        _ kind: Message.Kind, of sender: Sender, in room: Room, _ attachment: BridgeAttachment,
        other: Sender? = nil
    ) -> Batch {
        let batch = self.batch(room: room.name, capacity: 1, bytes: 0)
        var header = MessageHeader()
        header.kind = kind
        let details = other.map { MessageDetails(other: $0) }
        unsafe batch.arena.append(
            header, copying: .init(start: nil, count: 0), sender: sender, details: details)
        batch.pass.isTraced = keepsMessages
        judge(batch, by: attachment)
        return batch
    }
}
