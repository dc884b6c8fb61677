import Chat
import IRC
import MessageBus
import Sockets

// Accounts: by SASL, by PASS, and by NickServ.
extension IRCServerClient {
    /// Takes a piece of a SASL exchange.
    func authenticate(_ parameters: [String], _ bus: isolated Bus) {
        guard capabilities.contains(.sasl), let piece = parameters.first else {
            return numeric("904", [phrases.loginFailed])
        }
        if piece == "*" {
            sasl.end()
            return numeric("906", [phrases.saslIsAborted])
        }
        guard sasl.isOpen else {
            guard piece.uppercased() == "PLAIN" else {
                numeric("908", ["PLAIN", phrases.saslMechanisms])
                return numeric("904", [phrases.loginFailed])
            }
            sasl.begin()
            return reply(IRCMessage("AUTHENTICATE", ["+"]))
        }
        switch sasl.append(piece) {
        case .more: break
        case .tooLong: numeric("905", [phrases.saslIsTooLong])
        case .malformed: numeric("904", [phrases.loginFailed])
        case .complete(let name, let password):
            check(name, password, bus) { [self] account, bus in
                becomeOwner(of: account, isBySASL: true, bus)
                register(bus)
            } else: { [self] reason, bus in
                numeric("904", [reason])
                register(bus)
            }
        }
    }

    /// Logs in by the password of the registration: `PASSWORD`, or `ACCOUNT:PASSWORD`.
    func logIn(withPass text: String, nick: String, _ bus: isolated Bus) {
        var (name, password) = (nick, Substring(text))
        if let colon = text.firstIndex(of: ":"), colon > text.startIndex {
            (name, password) = (String(text[..<colon]), text[text.index(after: colon)...])
        }
        check(name, Array(password.utf8), bus) { [self] account, bus in
            becomeOwner(of: account, bus)
            register(bus)
        } else: { [self] reason, _ in
            numeric("464", [reason])
            end(reason)
        }
    }

    // MARK: - NickServ

    /// The name of the service that takes passwords.
    static let serviceName = "NickServ"

    /// Executes something that is said to the service.
    func askService(_ text: String, _ bus: isolated Bus) {
        let words = text.split(separator: " ").map(String.init)
        guard mayLogIn || !["IDENTIFY", "REGISTER"].contains(words.first?.uppercased()) else {
            return answerAsService(phrases.insecure)
        }
        switch words.first?.uppercased() {
        case "IDENTIFY" where words.count == 2: identify(nick, words[1], bus)
        case "IDENTIFY" where words.count == 3: identify(words[1], words[2], bus)
        case "REGISTER" where words.count >= 2: register(words[1], bus)
        default: for line in phrases.serviceHelp { answerAsService(line) }
        }
    }

    private func answerAsService(_ text: String) {
        reply(
            IRCMessage(
                "NOTICE", [nick, text],
                from: IRCSource(
                    nick: Self.serviceName, user: "services", host: network.name)))
    }

    private func identify(_ name: String, _ password: String, _ bus: isolated Bus) {
        check(name, Array(password.utf8), bus) { [self] account, bus in
            becomeOwner(of: account, bus)
            answerAsService(phrases.loggedIn(as: account.name))
            showLeftMessages(bus)
        } else: { [self] reason, _ in
            answerAsService(reason)
        }
    }

    private func register(_ text: String, _ bus: isolated Bus) {
        guard let sender else { return }
        if sender.account != nil { return answerAsService(phrases.isLoggedIn) }
        guard bus.accounts.policy.isRegistrationOpen else {
            return answerAsService(phrases.registrationIsClosed)
        }
        guard (try? Name(sender.name)) != nil else {
            return answerAsService(phrases.nickCanNotBeAccount)
        }
        guard let password = Self.password(Array(text.utf8)) else {
            return answerAsService(phrases.badPassword)
        }
        if bus.accounts.isReserved(sender.key) {
            return answerAsService(phrases.nickIsRegistered)
        }
        let attempt = LoginAttempt(
            key: sender.key, password: password, address: clientAddress,
            connection: UInt64(connectionID))
        ask { done in
            bus.accounts.register(attempt, name: sender.name) { [weak self] result in
                // The client that asked is gone.
                if case .registered(let account) = result, self?.stream.isOpen != true {
                    bus.accounts.withdraw(account.id) { _ in }
                }
                done(result)
            }
        } then: { [self] (result: RegistrationResult?, bus) in
            switch result {
            case .registered(let account):
                becomeOwner(of: account, bus)
                answerAsService(phrases.registered(account.name))
            case .reserved: answerAsService(phrases.nickIsRegistered)
            case .closed: answerAsService(phrases.registrationIsClosed)
            case .rateLimited(let seconds):
                answerAsService(phrases.tooManyTries(seconds: seconds))
            case .unavailable, nil: answerAsService(phrases.accountsAreUnavailable)
            }
        }
    }

    // MARK: - Passwords

    /// Checks a name and a password; `then` is called if they are right, else `refuse` with the
    /// sentence that says why not.
    private func check(
        _ name: String, _ text: [UInt8], _ bus: isolated Bus,
        then: @escaping @Sendable (Account, isolated Bus) -> Void,
        else refuse: @escaping @Sendable (String, isolated Bus) -> Void
    ) {
        guard mayLogIn else { return refuse(phrases.insecure, bus) }
        // A text that can't be a name, or a password, belongs to nobody.
        guard let key = IRCPeople.fold(name), let password = Self.password(text) else {
            return refuse(phrases.loginFailed, bus)
        }
        let attempt = LoginAttempt(
            key: key, password: password, address: clientAddress, connection: UInt64(connectionID))
        ask { done in
            bus.accounts.logIn(attempt, then: done)
        } then: { [self] (result: LoginResult?, bus) in
            switch result {
            case .loggedIn(let account):
                if let ban = bus.accounts.ban(ofName: account.key) {
                    return disconnect(.banned(reason: ban.reason))
                }
                then(account, bus)
            case .failed: refuse(phrases.loginFailed, bus)
            case .rateLimited(let seconds): refuse(phrases.tooManyTries(seconds: seconds), bus)
            case .unavailable, nil: refuse(phrases.accountsAreUnavailable, bus)
            }
        }
    }

    private static func password(_ text: [UInt8]) -> Password? {
        unsafe text.withUnsafeBytes { Password(typed: $0) }
    }

    /// Makes the person behind this client the owner of an account.
    ///
    /// - Parameter isBySASL: true if the end of the SASL exchange is to be confirmed too, before
    ///   the nick becomes the account's name.
    private func becomeOwner(
        of account: Account, isBySASL: Bool = false, _ bus: isolated Bus
    ) {
        let shown = String(decoding: source.dropFirst().dropLast(), as: UTF8.self)
        numeric("900", [shown, account.name, phrases.loggedIn(as: account.name)])
        if isBySASL { numeric("903", [phrases.loggedIn(as: account.name)]) }
        guard let lobbyPresence else {
            registration.account = account
            return
        }
        _ = bus.freeName(of: account, for: lobbyPresence)
        let wasOwner = sender?.account == account.id
        if let refusal = bus.logIn(lobbyPresence, to: account) {
            if case .dropped(let drop) = refusal { notify(drop.reason) }
        } else if !wasOwner {
            tellAccount()
        }
    }

    /// Tells the clients that have asked for it that this person is now logged in.
    private func tellAccount() {
        guard let sender, let account = network.people.accountName(of: sender) else { return }
        let line = "ACCOUNT \(account.replacing(" ", with: "_"))"
        tellOthers(.accountNotify, line)
        if capabilities.contains(.accountNotify) { send(source + "\(line)\r\n".utf8) }
    }
}
