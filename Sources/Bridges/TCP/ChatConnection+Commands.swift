import MessageBus

// What a client asks for with a slash. A command that fails changes nothing.
extension ChatConnection {
    var words: Phrases { server.words }
    var intake: BridgeAttachment { server.port.intake }

    /// Does what a command says.
    func obey(verb: String, _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let found = ChatCommand(verb: verb)
        // Whoever wants to leave may always do so.
        guard found == .quit || mayCommand() else { return }
        guard let command = found else {
            return member == nil && !verb.isEmpty && verb.first == "/"
                ? answer(.needName, words.needName)
                : answer(.unknownCommand, words.unknownCommand(verb))
        }
        if member == nil, !command.worksWithoutName {
            return answer(.needName, words.needName)
        }
        // One read brings thousands of commands, and each list may be as long as the room is full.
        if command.isList, owesMuch { return answer(.rateLimited, words.rateLimited) }
        switch command {
        case .help: list(words.help)
        case .nick: nick(arguments, bus)
        case .rooms: answer(RoomList(server.halls, own: hall, words))
        case .join: join(String(decoding: arguments, as: UTF8.self), bus)
        case .who: answer(PeopleList(bus.people(in: hall.room), words))
        case .me: act(arguments, bus)
        case .msg: whisper(arguments, bus)
        case .reply: reply(arguments, bus)
        case .history: showHistory(arguments, bus)
        case .search: search(arguments, bus)
        case .quit: quit(bus)
        }
    }

    private func list(_ lines: [String]) {
        var bytes: [UInt8] = []
        for line in lines { bytes.append(contentsOf: "\(words.answer(.info, line))\n".utf8) }
        bytes.append(contentsOf: "\(words.answer(.ok, words.count(lines.count)))\n".utf8)
        send(bytes)
    }

    private func quit(_ bus: isolated Bus) {
        if member == nil { answer(.ok, words.goodbye) }
        leave(bus)
    }

    // MARK: - Names and rooms

    /// Takes a name and enters the room.
    ///
    /// Returns whether that worked.
    func enter(as name: Name, isGuest: Bool = false, _ bus: isolated Bus) -> Bool {
        let sender = sender(name)
        let person = Person(
            sender: sender, room: hall.room, mailbox: self,
            isAnnounced: server.port.direction != .out)
        if let refusal = bus.enter(person, by: intake, before: { showWhatWasSaid() }) {
            answer(refusal)
            return false
        }
        member = Member(name: name, person: person, sender: sender, isGuest: isGuest)
        return true
    }

    /// Takes a name by speaking with it: enters, or, as a guest, changes names.
    ///
    /// Returns whether that worked.
    func take(_ name: Name, _ bus: isolated Bus) -> Bool {
        member == nil ? enter(as: name, bus) : rename(to: name, bus)
    }

    private func answer(_ refusal: NameRefusal) {
        switch refusal {
        case .taken: answer(.nameInUse, words.nameInUse)
        case .dropped(let drop): answer(drop)
        }
    }

    private func sender(_ name: Name) -> Sender {
        Sender(name: name.text, key: name.key, bridge: intake.name, identity: identity)
    }

    private func nick(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if arguments.isEmpty { return answer(.badArguments, words.badArguments(.nick)) }
        let name: Name
        do throws(NameProblem) {
            name = try Name(arguments)
        } catch {
            return answer(.badName, words.badName(error))
        }
        guard let member else {
            if enter(as: name, bus), !readsNotices { answer(.ok, words.nameIs(name.text)) }
            return
        }
        if name.text == member.name.text { return answer(.ok, words.nameIs(name.text)) }
        if rename(to: name, bus), !readsNotices { answer(.ok, words.nameIs(name.text)) }
    }

    /// Changes names; returns whether that worked.
    private func rename(to name: Name, _ bus: isolated Bus) -> Bool {
        guard let member else { return false }
        let sender = sender(name)
        if let refusal = bus.rename(member.person, to: sender, by: intake) {
            answer(refusal)
            return false
        }
        self.member = Member(name: name, person: member.person, sender: sender)
        return true
    }

    /// Whether it reads a notice of what it does itself.
    var readsNotices: Bool { server.port.direction == .both }

    private func join(_ room: String, _ bus: isolated Bus) {
        if room.isEmpty { return answer(.badArguments, words.badArguments(.join)) }
        guard let target = server.hall(called: room) else {
            let rooms = server.halls.map(\.room.name)
            let meant = Suggestion.nearest(to: room, among: rooms)
            return answer(.unknownRoom, words.unknownRoom(meant: meant))
        }
        if target === hall { return answer(.ok, words.roomIs(target.room.name)) }
        guard let member else {
            move(to: target)
            return answer(.ok, words.roomIs(target.room.name))
        }
        let drop = bus.move(member.person, to: target.room, by: intake) {
            move(to: target)
            showWhatWasSaid()
        }
        if let drop { return answer(drop) }
        answer(.ok, words.roomIs(target.room.name))
    }

    private func move(to target: RoomReaders) {
        if let edition = hall.edition {
            edition.catchUp()
            // What it said itself is noted now: later its positions would mean nothing.
            server.noteRuns(of: edition)
        }
        hall.dismiss(self)
        outflow.detach(skipNotice: server.skipNotice)
        hall = target
        target.admit(self)
        owes()
    }

    // MARK: - What one does

    /// Says what somebody does: a text like any other, so that nobody takes it for a notice.
    private func act(_ deed: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if server.port.direction == .out { return answer(.forbidden, words.forbidden) }
        guard let member, !deed.isEmpty else {
            return answer(.badArguments, words.badArguments(.me))
        }
        let text = Array("* \(member.name.text) ".utf8) + deed
        text.withUnsafeBytes { say($0, as: member.sender, details: nil, bus) }
    }

    // MARK: - Private messages

    private func whisper(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if server.port.direction == .out { return answer(.forbidden, words.forbidden) }
        switch Addressee(arguments, bus) {
        case .name(let key, let text): whisper(text, to: key, bus)
        case .unknown: answer(.unknownUser, words.unknownUser)
        case .unclear: answer(.badArguments, words.unclearName(.msg))
        case .missing: answer(.badArguments, words.badArguments(.msg))
        }
    }

    private func whisper(_ text: UnsafeRawBufferPointer, to key: String, _ bus: isolated Bus) {
        guard let member else { return }
        guard let receiver = bus.person(key) else {
            return answer(.unknownUser, words.unknownUser)
        }
        if !receiver.isReachable {
            return answer(.unknownUser, words.unreachableUser(receiver.sender.name))
        }
        if receiver.isFull { return answer(.full, words.busyUser(receiver.sender.name)) }
        let drop = bus.whisper(text, from: member.person, to: receiver, by: intake)
        if let drop {
            answer(drop)
        } else if server.port.direction == .in {
            answer(.ok, "")
        }
    }
}
