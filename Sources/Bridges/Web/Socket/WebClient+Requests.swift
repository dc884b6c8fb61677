import Chat
import MessageBus
import Sockets

// Requests that a client may send once it has said hello.
extension WebClient {
    /// Executes one message.
    func execute(_ message: ClientMessage, _ bus: isolated Bus) {
        switch message {
        case .hello(let hello): return greet(hello, bus)
        case .bye(let isSoon):
            pageEnd = isSoon ? .soon : .final
            return end(.normal)
        default: break
        }
        let request = message.request
        guard let session else {
            return refuse(request, .badArguments, phrases.helloComesFirst)
        }
        switch message {
        case .logIn(let credentials): return logIn(credentials, session, bus)
        case .register(let credentials): return register(credentials, session, bus)
        default: break
        }
        guard isWelcome else {
            return server.isLoginRequired
                ? refuse(request, .loginRequired, phrases.pageNeedsLogin)
                : refuse(request, .badArguments, phrases.helloComesFirst)
        }
        execute(message, request, session, bus)
    }

    private func execute(
        _ message: ClientMessage, _ request: RequestName, _ session: WebSession,
        _ bus: isolated Bus
    ) {
        switch message {
        case .hello, .bye, .logIn, .register: break
        case .say(let say): self.say(say, session, bus)
        case .whisper(let whisper): self.whisper(whisper, session, bus)
        case .enter(let room): enter(room, session, bus)
        case .leave(let room): leave(room, session, bus)
        case .rename(let name): rename(to: name, session, bus)
        case .changePassword(let old, let new): changePassword(old, new, session, bus)
        case .unregister(let password): unregister(password, session, bus)
        case .command(let line, let room): execute(line, in: room, session, bus)
        case .delete(let number): delete(number, session, bus)
        case .history(let history): showHistory(history, session, bus)
        case .search(let words, let room): search(words, in: room, bus)
        case .people(let name):
            guard spendQuery(request), let room = room(name, request) else { return }
            stream.send(ServerMessage.people(bus.people(in: room.room), in: room.room))
        case .seen(let name, let number):
            guard spendQuery(request), let room = room(name, request) else { return }
            if let account = session.account {
                // Nobody can have read a message that has not been said yet.
                bus.accounts.recordSeen(
                    min(number, room.room.lastNumber), in: room.room.name, by: account)
            }
            confirm(request)
        }
    }

    /// Returns a room, or refuses a request for one that is not there.
    func room(_ name: String, _ request: RequestName) -> WebRoom? {
        if let room = server.room(name) { return room }
        let meant = Suggestion.nearest(to: name, among: server.rooms.map(\.room.name))
        refuse(request, .unknownRoom, phrases.unknownRoom(meant: meant))
        return nil
    }

    // MARK: - Rooms and names

    private func enter(_ name: String, _ session: WebSession, _ bus: isolated Bus) {
        guard spendCommand(.type(.enter), bus), let room = room(name, .type(.enter)) else { return }
        guard session.sender != nil else {
            return refuse(.type(.enter), .needName, phrases.needNameOnPage)
        }
        if server.port.direction == .out {
            return refuse(.type(.enter), .forbidden, phrases.forbidden)
        }
        let wasRead = stream.reads(room.room)
        read(room)
        if let refusal = session.enter(room.room, bus) {
            if !wasRead { stream.stopReading(room.room) }
            return refuse(.type(.enter), refusal)
        }
        confirm(.type(.enter), phrases.roomIs(room.room.name))
    }

    private func leave(_ name: String, _ session: WebSession, _ bus: isolated Bus) {
        guard spendCommand(.type(.leave), bus), let room = room(name, .type(.leave)) else { return }
        session.leave(room.room, bus)
        // All pages of one session are one person, and in the same rooms.
        for client in session.clients { client.stream.stopReading(room.room) }
        confirm(.type(.leave))
    }

    private func rename(to text: String, _ session: WebSession, _ bus: isolated Bus) {
        let request = RequestName.type(.rename)
        guard spendCommand(request, bus) else { return }
        let name: Name
        do throws(NameProblem) {
            name = try Name(text)
        } catch {
            return refuse(request, .badName, phrases.badName(error))
        }
        guard let sender = session.sender else {
            return refuse(request, .needName, phrases.needNameOnPage)
        }
        if session.account != nil, name.key != sender.key {
            return refuse(request, .forbidden, phrases.accountKeepsName)
        }
        if name.text != sender.name, let refusal = session.rename(to: name, bus) {
            return refuse(request, refusal)
        }
        confirm(request, phrases.nameIs(name.text))
    }

    // MARK: - Speaking

    private func say(
        _ say: ClientMessage.Say, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.id(say.id)
        guard let room = room(say.room, request) else { return }
        guard let sender = session.sender else {
            return refuse(request, .needName, phrases.needNameOnPage)
        }
        if server.port.direction == .out { return refuse(request, .forbidden, phrases.forbidden) }
        guard let presence = session.presence(in: room.room) else {
            return refuse(request, .forbidden, phrases.notInRoom)
        }
        guard checkLength(of: say.text, request) else { return }
        let speech = Bus.Speech(
            Array(say.text.utf8), by: sender, in: presence, session: session.id.digest, id: say.id,
            reply: say.reply)
        let mayGoOn = bus.say(
            speech, in: room.room, by: server.port.attachment
        ) { [self] result in
            if case .said(let number) = result { session.holdBack(number, in: room) }
            finish(result, say.id, reply: say.reply, isShown: stream.reads(room.room))
        }
        if !mayGoOn { hold(session, bus) }
    }

    private func whisper(
        _ whisper: ClientMessage.Whisper, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.id(whisper.id)
        guard session.sender != nil else {
            return refuse(request, .needName, phrases.needNameOnPage)
        }
        if server.port.direction == .out { return refuse(request, .forbidden, phrases.forbidden) }
        guard let presence = session.presence else {
            return refuse(request, .forbidden, phrases.notInRoom)
        }
        if bus.isRelay(presence.sender) {
            return refuse(request, .forbidden, phrases.noPrivateMessagesForRelays)
        }
        guard let key = Self.key(of: whisper.to) else {
            return refuse(request, .unknownUser, phrases.unknownUser)
        }
        guard checkLength(of: whisper.text, request) else { return }
        let mayGoOn = bus.whisper(
            Array(whisper.text.utf8), from: presence, to: key, session: session.id.digest,
            id: whisper.id, by: server.port.attachment
        ) { [self] result in
            guard stream.isOpen else { return }
            if case .unknownPerson = result, key.utf8.last == UInt8(ascii: ")") {
                return refuse(request, .forbidden, phrases.isElsewhere)
            }
            // Private messages have no numbers that the store could commit, so there is nothing to
            // wait for.
            switch result {
            case .said(let number) where !session.isReachable, .saidBefore(let number):
                confirm(request, number: number)
            default: finish(result, whisper.id, reply: nil, isShown: true)
            }
        }
        if !mayGoOn { hold(session, bus) }
    }

    private func checkLength(of text: String, _ request: RequestName) -> Bool {
        guard server.textLimit.isExceeded(by: text) else { return true }
        refuse(request, .tooLong, phrases.textIsTooLong(server.textLimit.characters))
        return false
    }

    /// Answers a request to say something.
    ///
    /// - Parameter isShown: true if this client is sent the message itself, which serves as the
    ///   answer.
    private func finish(
        _ result: SpeechResult, _ id: String, reply: MessageNumber?, isShown: Bool
    ) {
        // The server may be gone, too.
        guard stream.isOpen else { return }
        let request = RequestName.id(id)
        switch result {
        case .said(let number):
            if !isShown { server.whenKept(number) { self.confirm(request, number: number) } }
        case .saidBefore(let number):
            server.whenKept(number) { self.confirm(request, number: number) }
        case .dropped(let drop): refuse(request, drop)
        case .notHere: refuse(request, .forbidden, phrases.notInRoom)
        case .unknownMessage:
            refuse(request, .unknownMessage, phrases.unknownMessage(number: reply ?? 0))
        case .full: refuse(request, .rateLimited, phrases.tooManyRequests)
        case .unknownPerson: refuse(request, .unknownUser, phrases.unknownUser)
        }
    }
}
