import Chat
import MessageBus
import Sockets

// The first message: it identifies the browser and the person behind it, and says what was read
// before.
extension WebClient {
    /// The answers of the store that a welcome needs.
    private struct Facts: Sendable {
        /// The number up to which the person has read, by room.
        var seen: [String: MessageNumber] = [:]
        /// The numbers of events that are no longer kept, by room.
        var missed: [String: Int] = [:]
        /// The rooms that lack the last event that the client has seen.
        var lost: Set<String> = []
    }

    /// Greets a client, or refuses its `hello`.
    func greet(_ hello: ClientMessage.Hello, _ bus: isolated Bus) {
        guard let id = SessionID(hello.session) else { return }
        if let session, session.id != id { return close(.policyViolation, "another session") }
        if let language = hello.language.flatMap(Language.init) { phrases = Phrases(language) }
        let session =
            session ?? server.sessions.session(id, of: server, from: address, bus)
        if self.session == nil {
            self.session = session
            session.add(self)
        }
        if let password = hello.password {
            return logIn(hello, password, session, bus)
        }
        if session.isAccountKnown { return identify(hello, session, bus) }
        ask(within: PendingQuery.passwordTimeout) { then in
            bus.accounts.account(ofSession: id.digest, then: then)
        } then: { [self] (account: Account??, bus) in
            if let account, let account, !session.isAccountKnown {
                _ = session.logIn(to: account, bus)
            }
            session.isAccountKnown = true
            identify(hello, session, bus)
        }
    }

    /// Logs in by the name and the password of a `hello`.
    private func logIn(
        _ hello: ClientMessage.Hello, _ password: String, _ session: WebSession,
        _ bus: isolated Bus
    ) {
        guard isSecure || server.options.plaintextPasswords else {
            return refuse(.type(.hello), .insecure, phrases.insecure)
        }
        check(hello.name ?? "", password, .type(.hello), bus) { [self] account, bus in
            session.isAccountKnown = true
            if let refusal = session.logIn(to: account, bus) {
                return refuse(.type(.hello), refusal)
            }
            bus.accounts.logIn(session: session.id.digest, to: account.id)
            var hello = hello
            hello.name = nil
            identify(hello, session, bus)
        }
    }

    /// Finds the name that the client will have.
    private func identify(
        _ hello: ClientMessage.Hello, _ session: WebSession, _ bus: isolated Bus
    ) {
        // A session that enters no room is checked nowhere else.
        if let key = session.sender?.key, let ban = bus.accounts.ban(ofName: key) {
            return sendAway(.banned(reason: ban.reason), .type(.hello))
        }
        if server.isLoginRequired, session.account == nil {
            refusedHello = hello
            return refuse(.type(.hello), .loginRequired, phrases.pageNeedsLogin)
        }
        if let unknown = hello.rooms.keys.first(where: { server.room($0) == nil }) {
            let meant = Suggestion.nearest(to: unknown, among: server.rooms.map(\.room.name))
            return refuse(.type(.hello), .unknownRoom, phrases.unknownRoom(meant: meant))
        }
        guard let text = hello.name else { return prepare(hello, session, session.sender, bus) }
        let name: Name
        do throws(NameProblem) {
            name = try Name(text)
        } catch {
            return refuse(.type(.hello), .badName, phrases.badName(error))
        }
        guard let sender = session.sender else {
            return prepare(hello, session, session.sender(name), bus)
        }
        if sender.key == name.key { return prepare(hello, session, sender, bus) }
        if session.account != nil {
            return refuse(.type(.hello), .forbidden, phrases.accountKeepsName)
        }
        guard spendCommand(.type(.hello), bus) else { return }
        if let refusal = session.rename(to: name, bus) {
            return refuse(.type(.hello), refusal)
        }
        prepare(hello, session, session.sender, bus)
    }

    /// Asks for everything that a welcome needs, then lets the client in.
    private func prepare(
        _ hello: ClientMessage.Hello, _ session: WebSession, _ sender: Sender?,
        _ bus: isolated Bus
    ) {
        let numbers = hello.rooms.compactMapValues { $0 }
        let account = sender?.account
        if numbers.isEmpty, account == nil {
            return welcome(hello, session, sender, Facts(), bus)
        }
        let accounts = bus.accounts
        ask { (bus: isolated Bus) in
            var facts = Facts()
            for (name, number) in numbers {
                guard let room = bus.room(name) else { continue }
                facts.missed[name] = try await bus.missedEvents(in: room, after: number)
                if try await bus.hasLost(number, of: room) { facts.lost.insert(name) }
            }
            guard let account else { return facts }
            facts.seen = await withCheckedContinuation { continuation in
                accounts.seen(by: account) { continuation.resume(returning: $0) }
            }
            return facts
        } then: { [self] (facts: Facts?, bus) in
            welcome(hello, session, sender, facts ?? Facts(), bus)
        }
    }

    /// Resumes a `hello` that was refused because nobody had logged in.
    func resumeHello(_ session: WebSession, _ bus: isolated Bus) {
        guard !isWelcome, var hello = refusedHello else { return }
        refusedHello = nil
        (hello.name, hello.password) = (nil, nil)
        identify(hello, session, bus)
    }

    /// Lets the client in: it reads its rooms, the person enters them, and everything it has missed
    /// follows.
    private func welcome(
        _ hello: ClientMessage.Hello, _ session: WebSession, _ sender: Sender?, _ facts: Facts,
        _ bus: isolated Bus
    ) {
        // Another page of the session may have got a name meanwhile.
        let sender = session.sender ?? sender
        let names = hello.rooms.isEmpty ? [server.defaultRoom.room.name] : Array(hello.rooms.keys)
        let rooms = server.rooms.filter { names.contains($0.room.name) }
        let ends = Dictionary(
            uniqueKeysWithValues: server.rooms.map { ($0.room.name, $0.room.lastNumber) })
        let isFirst = !isWelcome
        let wereRead = rooms.filter { stream.reads($0.room) }
        for room in rooms { read(room, after: hello.rooms[room.room.name] ?? nil) }
        var refusals: [NameRefusal] = []
        var entered = 0
        if let sender, server.port.direction != .out {
            for room in rooms {
                if let refusal = session.enter(room.room, as: sender, bus) {
                    refusals.append(refusal)
                    // The name is the same everywhere.
                    if session.presence == nil { break }
                } else {
                    entered += 1
                }
            }
        } else if let sender {
            session.setWithoutEntering(sender)
        }
        if let refusal = refusals.first, entered == 0 {
            for room in rooms where !wereRead.contains(where: { $0 === room }) {
                stream.stopReading(room.room)
            }
            return refuse(.type(.hello), refusal)
        }
        isWelcome = true
        tellWelcome(ends, facts, session, bus)
        for (room, missed) in facts.missed where missed > 0 {
            stream.send(ServerMessage.skipped(missed, in: room))
        }
        for refusal in refusals { refuse(.type(.enter), refusal) }
        showWhispers(after: hello.whispers, isFirst: isFirst, session, bus)
    }

    private func tellWelcome(
        _ ends: [String: MessageNumber], _ facts: Facts, _ session: WebSession,
        _ bus: isolated Bus
    ) {
        let rooms = server.defaultFirst.map { room in
            let name = room.room.name
            return WelcomeMessage.RoomState(
                name: name, last: ends[name] ?? room.room.lastNumber,
                people: room.room.population, seen: facts.seen[name],
                isLost: facts.lost.contains(name))
        }
        let welcome = WelcomeMessage(
            name: session.sender?.name, instance: bus.settings.name,
            version: server.site.version, run: bus.run, language: phrases.language,
            isLoginRequired: server.isLoginRequired, role: session.role(bus),
            isStored: bus.keepsMessages, rooms: rooms, maxText: server.textLimit.characters)
        stream.send(welcome.frame)
    }

    /// Tells the client its present name.
    func tellName() {
        guard let session, isWelcome else { return }
        server.port.bus.assumeIsolated { tellWelcome([:], Facts(), session, $0) }
    }

    /// Sends the private messages that the client has not seen.
    private func showWhispers(
        after number: MessageNumber?, isFirst: Bool, _ session: WebSession, _ bus: isolated Bus
    ) {
        guard isFirst, server.port.direction != .in else { return }
        guard let account = session.account else { return showWhispers([], after: number, bus) }
        let since = bus.now - Self.day
        ask(within: PendingQuery.passwordTimeout) { then in
            bus.accounts.dequeueLeft(for: account, then: then)
        } then: { [self] (left: [PrivateMessage]?, bus) in
            guard let number else { return showWhispers(left ?? [], after: nil, bus) }
            ask(within: PendingQuery.passwordTimeout) { then in
                bus.accounts.privateMessages(
                    of: account, after: number, since: since, atMost: 1_000, then: then)
            } then: { [self] (recent: [PrivateMessage]?, bus) in
                showWhispers((left ?? []) + (recent ?? []), after: number, bus)
            }
        }
    }

    /// The time for which private messages are sent again to a page that comes back.
    private static let day = Duration.seconds(86_400)

    /// Sends private messages from the store, and those after a number that only this process
    /// knows.
    private func showWhispers(
        _ messages: [PrivateMessage], after number: MessageNumber?, _ bus: isolated Bus
    ) {
        var frames: [MessageNumber: [UInt8]] = [:]
        if let number, let session {
            frames = server.sessions.recentPrivateMessages.frames(
                for: session.id, after: number, at: bus.now)
        }
        for message in messages {
            frames[message.number] = server.frame(ofPrivate: Message(message))
        }
        for (_, frame) in frames.sorted(by: { $0.key < $1.key }) { stream.send(frame) }
    }
}
