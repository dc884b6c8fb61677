import Chat
import IRC
import MessageBus
import Sockets

// The way in: a nick, a user, perhaps an account; and another nick later.
extension IRCServerClient {
    /// Takes a password for the registration: that of an account.
    func receivePassword(_ parameters: [String]) {
        if isRegistered { return numeric("462", [phrases.isRegisteredAlready]) }
        guard let password = parameters.first, !password.isEmpty else { return needMore("PASS") }
        guard mayLogIn else {
            numeric("464", [phrases.insecure])
            return end(phrases.insecure)
        }
        registration.password = password
    }

    /// Takes what a client says of itself.
    func receiveUser(_ parameters: [String], _ bus: isolated Bus) {
        if isRegistered { return numeric("462", [phrases.isRegisteredAlready]) }
        guard parameters.count >= 4, !parameters[3].isEmpty, !parameters[0].isEmpty else {
            return needMore("USER")
        }
        guard let username = NickRules.username(parameters[0]) else {
            return numeric("468", [phrases.isNoUsername])
        }
        registration.username = username
        registration.realname = Self.cleaned(parameters[3], bytes: 150)
        register(bus)
    }

    /// Takes a nick, or another one.
    func receiveNick(_ parameters: [String], _ bus: isolated Bus) {
        guard let wanted = parameters.first, !wanted.isEmpty else {
            return numeric("431", [phrases.noNickGiven])
        }
        guard let name = name(wanted) else { return }
        guard let sender else {
            registration.nick = name.text
            return register(bus)
        }
        if name.text == sender.name { return }
        if sender.account != nil, name.key != sender.key {
            return numeric("433", [wanted, phrases.accountKeepsName])
        }
        guard case .allowed = spendCommand() else {
            return numeric("263", ["NICK", phrases.tooManyRequests])
        }
        guard let lobbyPresence else { return }
        if let nickKey = IRCPeople.fold(name.text),
            network.people.isTaken(nickKey, by: sender.key)
        {
            return numeric("433", [wanted, phrases.nameInUse])
        }
        let new = Sender(
            name: name.text, key: name.key, bridge: network.port.name, identity: identity,
            account: sender.account)
        if let refusal = bus.rename(lobbyPresence, to: new) { refuse(wanted, refusal) }
    }

    /// Returns a nick as a name; `nil`, answered, if it can't be one.
    private func name(_ wanted: String) -> Name? {
        guard NickRules.isChoosable(wanted) else {
            numeric("432", [wanted.isEmpty ? "*" : wanted, phrases.isNoNick])
            return nil
        }
        do throws(NameProblem) {
            return try Name(wanted)
        } catch {
            numeric("432", [wanted, phrases.badName(error)])
            return nil
        }
    }

    /// Answers that somebody does not get a nick.
    private func refuse(_ nick: String, _ refusal: NameRefusal) {
        switch refusal {
        case .taken: numeric("433", [nick, phrases.nameInUse])
        case .registered: numeric("433", [nick, phrases.nickIsRegistered])
        case .banned(let reason):
            numeric("465", [phrases.banned(reason)])
            end(phrases.banned(reason))
        case .muted: numeric("437", [nick, phrases.muted])
        case .dropped(let drop): numeric("437", [nick, drop.reason])
        }
    }

    // MARK: - Registration

    /// Registers the client, if it has said all that it must.
    func register(_ bus: isolated Bus) {
        guard !isRegistered, !registration.isNegotiating, !isAsking,
            let nick = registration.nick, registration.username != nil
        else { return }
        if let password = registration.password {
            registration.password = nil
            return logIn(withPass: password, nick: nick, bus)
        }
        if network.isLoginRequired, registration.account == nil {
            numeric("464", [phrases.accountIsNeeded])
            return end(phrases.accountIsNeeded)
        }
        guard let name = try? Name(nick) else { return }
        enter(as: sender(name), bus)
    }

    private func sender(_ name: Name) -> Sender {
        guard let account = registration.account else {
            return Sender(
                name: name.text, key: name.key, bridge: network.port.name, identity: identity)
        }
        // The spelling is up to the owner.
        return Sender(
            account, named: name.key == account.key ? name.text : nil, bridge: network.port.name)
    }

    private func enter(as wanted: Sender, _ bus: isolated Bus) {
        if let account = registration.account { _ = bus.freeName(of: account) }
        if wanted.account == nil, let nickKey = IRCPeople.fold(wanted.name),
            network.people.isTaken(nickKey, by: wanted.key)
        {
            return refuse(wanted.name, .taken)
        }
        let presence = Presence(
            sender: wanted, room: network.lobby, delegate: self, hasNotices: false,
            connection: UInt64(connectionID))
        if let refusal = bus.enter(presence, by: network.port.attachment) {
            return refuse(wanted.name, refusal)
        }
        lobbyPresence = presence
        become(presence.sender)
        nick = network.people.nick(of: presence.sender)
        welcome(bus)
        showLeftMessages(bus)
    }

    /// Counts this client among those of a person from now on.
    func become(_ new: Sender) {
        let away = profile?.away
        if let registeredKey {
            network.remove(self, of: registeredKey)
            network.people.removeClient(registeredKey)
        }
        sender = new
        registeredKey = new.key
        network.add(self, of: new.key)
        let profile = network.people.addClient(
            new.key, username: registration.username ?? "user", realname: registration.realname)
        if let away { profile.away = away }
        self.profile = profile
    }

    // MARK: - The welcome

    private func welcome(_ bus: isolated Bus) {
        let name = bus.settings.name
        numeric("001", [phrases.welcome(to: name, nick)])
        numeric("002", [phrases.yourHost(network.name, Version.current)])
        numeric("003", [phrases.created(network.began.inLocalTime)])
        numeric("004", [network.name, "puente-\(Version.current)", "i", "nt"])
        for tokens in supported(name).chunks(of: 12) {
            numeric("005", tokens + [phrases.areSupported])
        }
        tellUserCounts()
        numeric("422", [phrases.noMotto])
        if let role = sender?.account.flatMap({ bus.accounts.account($0)?.role }),
            role.mayModerate
        {
            notify(phrases.mayKick)
        }
    }

    /// Returns the features of the server, as tokens of `RPL_ISUPPORT`.
    private func supported(_ name: String) -> [String] {
        let network = NickRules.host(name)
        return [
            "AWAYLEN=390", "CASEMAPPING=ascii", "CHANLIMIT=#:\(self.network.rooms.count)",
            "CHANMODES=,,,nt", "CHANNELLEN=33", "CHANTYPES=#", "CHATHISTORY=\(Self.maxHistory)",
            "CLIENTTAGDENY=*,-draft/reply,-puente/passed", "KICKLEN=390", "MODES=1",
            "MONITOR=\(Self.maxWatched)", "MSGREFTYPES=msgid,timestamp", "NAMELEN=150",
            "NETWORK=\(network)", "NICKLEN=\(NickRules.maxLength)", "PREFIX=(ov)@+",
            "\(PassedInstances.token)=\(bus.instanceID)",
            "TARGMAX=JOIN:,KICK:1,NAMES:,NOTICE:4,PART:,PRIVMSG:4,WHOIS:1", "TOPICLEN=390",
            "UTF8ONLY", "WHOX",
        ]
    }

    /// Delivers what was left for the person while they were away.
    func showLeftMessages(_ bus: isolated Bus) {
        guard let account = sender?.account, network.port.direction != .in else { return }
        ask { then in
            bus.accounts.dequeueLeft(for: account, then: then)
        } then: { [self] (left: [PrivateMessage]?, _) in
            for message in left ?? [] { deliver(Message(message)) }
        }
    }
}

extension Array {
    /// Returns the elements in groups of a count; the last group may be smaller.
    fileprivate func chunks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map {
            Array(self[$0..<Swift.min($0 + count, self.count)])
        }
    }
}
