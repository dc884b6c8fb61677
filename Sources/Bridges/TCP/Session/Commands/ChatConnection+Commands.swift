import Chat
import MessageBus
import Sockets

// The commands. One that fails changes nothing.
extension ChatConnection {
    var phrases: Phrases { server.phrases }
    var attachment: BridgeAttachment { server.port.attachment }

    /// Executes a command.
    ///
    /// - Parameter name: the name in front of the command, of a client that has none.
    @safe func execute(
        verb: String, _ arguments: UnsafeRawBufferPointer, of name: Name? = nil,
        _ bus: isolated Bus
    ) {
        let found = ChatCommand(verb: verb)
        // Leaving is always allowed.
        guard found == .quit || spendCommand() else { return }
        if mustLogIn, found?.worksBeforeLogin != true {
            return answer(.loginRequired, phrases.loginRequired)
        }
        guard let command = found else {
            return participant == nil && !verb.isEmpty && verb.first == "/"
                ? answer(.needName, phrases.needName)
                : answer(.unknownCommand, phrases.unknownCommand(verb))
        }
        if participant == nil, !command.worksWithoutName {
            return answer(.needName, phrases.needName)
        }
        if let roles = command.roles, !roles.contains(role ?? .member) {
            return answer(.forbidden, phrases.onlyFor(command))
        }
        // One read brings thousands of commands, and a list may be as long as the room is full.
        if command.isList, hasLongBacklog { return answer(.rateLimited, phrases.rateLimited) }
        switch command {
        case .help: list(phrases.help)
        case .nick: changeName(arguments, bus)
        case .rooms: answer(RoomList(server.rooms, own: roomReaders, phrases))
        case .join: join(arguments.text, bus)
        case .who:
            let room = roomReaders.room
            answer(PeopleList(bus.people(in: room), in: room, phrases))
        case .me: sayAction(arguments, bus)
        case .msg: whisper(arguments, bus)
        case .reply: reply(arguments, bus)
        case .history: showHistory(arguments, bus)
        case .search: search(arguments, bus)
        case .register, .login, .password, .unregister:
            execute(command, withPassword: arguments, of: name, bus)
        case .delete: delete(arguments, bus)
        case .bans: answer(RestrictionList(bus.accounts, phrases))
        case .kick, .ban, .unban, .mute, .unmute, .announce, .role:
            moderate(command, arguments, bus)
        case .quit: quit(bus)
        }
    }

    private func list(_ lines: [String]) {
        var bytes: [UInt8] = []
        for line in lines { bytes.append(contentsOf: "\(phrases.answer(.info, line))\n".utf8) }
        bytes.append(contentsOf: "\(phrases.answer(.ok, phrases.count(lines.count)))\n".utf8)
        send(bytes)
    }

    private func quit(_ bus: isolated Bus) {
        if participant == nil { answer(.ok, phrases.goodbye) }
        leave(bus)
    }

    // MARK: - Names and rooms

    /// Takes a name and enters the room; returns whether that worked.
    func enter(as name: Name, isGuest: Bool = false, _ bus: isolated Bus) -> Bool {
        enter(as: sender(name), isGuest: isGuest, bus)
    }

    /// Enters the room by a sender's name; returns whether that worked.
    func enter(as sender: Sender, isGuest: Bool = false, _ bus: isolated Bus) -> Bool {
        guard let refusal = entranceRefusal(of: sender, isGuest: isGuest, bus) else { return true }
        answer(refusal)
        return false
    }

    /// Enters the room by a sender's name; or returns the refusal, without answering.
    func entranceRefusal(
        of sender: Sender, isGuest: Bool = false, _ bus: isolated Bus
    ) -> NameRefusal? {
        let presence = Presence(
            sender: sender, room: roomReaders.room, delegate: self,
            hasNotices: server.port.direction != .out && !bus.isRelay(sender),
            connection: UInt64(connectionID))
        let refusal = bus.enter(presence, by: attachment) {
            // If a login is required, nothing was read before now.
            if slot == nil { roomReaders.attach(self) }
            showHistoryOnJoin()
        }
        if refusal == nil { participant = Participant(presence, isGuest: isGuest) }
        return refusal
    }

    /// Takes the name that the client speaks with: enters, or changes a guest's name; returns
    /// whether that worked.
    func enterOrRename(as name: Name, _ bus: isolated Bus) -> Bool {
        participant == nil ? enter(as: name, bus) : rename(to: name, bus)
    }

    /// Tells the client why it does not get a name.
    func answer(_ refusal: NameRefusal) {
        switch refusal {
        case .taken: answer(.nameInUse, phrases.nameInUse)
        case .registered: answer(.loginRequired, phrases.nameIsRegistered)
        case .banned(let reason): disconnect(.banned(reason: reason))
        case .muted: answer(.forbidden, phrases.muted)
        case .dropped(let drop): answer(drop)
        }
    }

    private func sender(_ name: Name) -> Sender {
        Sender(name: name.text, key: name.key, bridge: attachment.name, identity: identity)
    }

    @safe private func changeName(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if arguments.count == 0 { return answer(.badArguments, phrases.badArguments(.nick)) }
        let name: Name
        do throws(NameProblem) {
            name = try Name(arguments)
        } catch {
            return answer(.badName, phrases.badName(error))
        }
        guard let participant else {
            if enter(as: name, bus), !readsNotices { answer(.ok, phrases.nameIs(name.text)) }
            return
        }
        if name.text == participant.name.text { return answer(.ok, phrases.nameIs(name.text)) }
        if participant.isLoggedIn, name.key != participant.name.key {
            return answer(.forbidden, phrases.accountKeepsName)
        }
        if rename(to: name, bus), !readsNotices { answer(.ok, phrases.nameIs(name.text)) }
    }

    /// Changes the name; returns whether that worked.
    private func rename(to name: Name, _ bus: isolated Bus) -> Bool {
        guard let participant else { return false }
        let sender = Sender(
            name: name.text, key: name.key, bridge: attachment.name,
            identity: participant.sender.identity, account: participant.sender.account)
        // The bus tells every connection of the person, this one too.
        if let refusal = bus.rename(participant.presence, to: sender) {
            answer(refusal)
            return false
        }
        return true
    }

    /// True if the client reads the notices of its own actions.
    var readsNotices: Bool { server.port.direction == .both }

    private func join(_ room: String, _ bus: isolated Bus) {
        if room.isEmpty { return answer(.badArguments, phrases.badArguments(.join)) }
        guard let target = server.room(called: room) else {
            let rooms = server.rooms.map(\.room.name)
            let meant = Suggestion.nearest(to: room, among: rooms)
            return answer(.unknownRoom, phrases.unknownRoom(meant: meant))
        }
        if target === roomReaders { return answer(.ok, phrases.roomIs(target.room.name)) }
        guard let participant else {
            move(to: target)
            return answer(.ok, phrases.roomIs(target.room.name))
        }
        let drop = bus.move(participant.presence, to: target.room) {
            move(to: target)
            showHistoryOnJoin()
        }
        if let drop { return answer(drop) }
        answer(.ok, phrases.roomIs(target.room.name))
    }

    /// Stops reading the room; what is owed up to now is still sent.
    func detachFromRoom() {
        if let feed = roomReaders.feed {
            feed.catchUp()
            // Its own lines are recorded now: later their positions would mean nothing.
            server.recordOwnMessages(in: feed)
        }
        roomReaders.detach(self)
        output.detach(skipNotice: server.skipNotice)
    }

    /// Reads another room from now on.
    func move(to target: RoomReaders) {
        detachFromRoom()
        roomReaders = target
        target.attach(self)
        scheduleSend()
    }

    // MARK: - What one does

    /// Says what somebody is doing.
    ///
    /// It is a text like any other, so that nobody takes it for a notice.
    @safe private func sayAction(_ action: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if server.port.direction == .out { return answer(.forbidden, phrases.forbidden) }
        guard let participant, action.count > 0 else {
            return answer(.badArguments, phrases.badArguments(.me))
        }
        let text = unsafe Array("* \(participant.name.text) ".utf8) + action
        unsafe text.withUnsafeBytes { say($0, as: participant.sender, details: nil, bus) }
    }
}
