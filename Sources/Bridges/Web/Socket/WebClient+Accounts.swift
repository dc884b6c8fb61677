import Chat
import MessageBus
import Sockets

// Accounts: a password is checked off the loop, and the client's other messages wait meanwhile.
extension WebClient {
    /// Checks a name and a password; `then` is called if they are right, else the request is
    /// refused.
    func check(
        _ name: String, _ password: String, _ request: RequestName, _ bus: isolated Bus,
        then: @escaping @Sendable (Account, isolated Bus) -> Void
    ) {
        // A text that can't be a name, or a password, belongs to nobody.
        guard let key = Self.key(of: name), let password = Self.password(password) else {
            return refuse(request, .loginFailed, phrases.loginFailed)
        }
        let attempt = LoginAttempt(
            key: key, password: password, address: address, connection: UInt64(connectionID))
        ask(within: PendingQuery.passwordTimeout) { done in
            bus.accounts.logIn(attempt, then: done)
        } then: { [self] (result: LoginResult?, bus) in
            switch result {
            case .loggedIn(let account):
                if let ban = bus.accounts.ban(ofName: account.key) {
                    return sendAway(.banned(reason: ban.reason), request)
                }
                then(account, bus)
            case .failed: refuse(request, .loginFailed, phrases.loginFailed)
            case .rateLimited(let seconds): refuseTry(request, seconds)
            case .unavailable, nil: refuseUnavailable(request)
            }
        }
    }

    /// Logs in to an account.
    func logIn(
        _ credentials: ClientMessage.Credentials, _ session: WebSession, _ bus: isolated Bus
    ) {
        guard checkSecurity(.type(.login)) else { return }
        check(credentials.name, credentials.password, .type(.login), bus) { [self] account, bus in
            becomeOwner(of: account, .type(.login), isNew: false, session, bus)
        }
    }

    /// Makes an account of a name.
    func register(
        _ credentials: ClientMessage.Credentials, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.type(.register)
        guard checkSecurity(request) else { return }
        if session.account != nil { return refuse(request, .forbidden, phrases.isLoggedIn) }
        guard bus.accounts.policy.isRegistrationOpen else {
            return refuse(request, .forbidden, phrases.registrationIsClosed)
        }
        let name: Name
        do throws(NameProblem) {
            name = try Name(credentials.name)
        } catch {
            return refuse(request, .badName, phrases.badName(error))
        }
        guard let password = Self.password(credentials.password) else {
            return refuse(request, .badArguments, phrases.badPassword)
        }
        if let other = bus.person(name.key), other !== session.person {
            return refuse(request, .nameInUse, phrases.nameInUse)
        }
        if bus.accounts.isReserved(name.key) {
            return refuse(request, .loginRequired, phrases.nameIsRegistered)
        }
        // Checked here, before a password is hashed in vain.
        if let ban = bus.accounts.ban(ofName: name.key) {
            return sendAway(.banned(reason: ban.reason), request)
        }
        let attempt = LoginAttempt(
            key: name.key, password: password, address: address, connection: UInt64(connectionID))
        ask(within: PendingQuery.passwordTimeout) { done in
            bus.accounts.register(attempt, name: name.text) { [weak self] result in
                // The client that asked is gone.
                if case .registered(let account) = result, self?.stream.isOpen != true {
                    bus.accounts.withdraw(account.id) { _ in }
                }
                done(result)
            }
        } then: { [self] (result: RegistrationResult?, bus) in
            switch result {
            case .registered(let account):
                becomeOwner(of: account, request, isNew: true, session, bus)
            case .reserved: refuse(request, .loginRequired, phrases.nameIsRegistered)
            case .closed: refuse(request, .forbidden, phrases.registrationIsClosed)
            case .rateLimited(let seconds): refuseTry(request, seconds)
            case .unavailable, nil: refuseUnavailable(request)
            }
        }
    }

    private func becomeOwner(
        of account: Account, _ request: RequestName, isNew: Bool, _ session: WebSession,
        _ bus: isolated Bus
    ) {
        let wasNameless = session.sender == nil
        if let refusal = session.logIn(to: account, bus) {
            return isNew ? withdraw(account, request, refusal, bus) : refuse(request, refusal)
        }
        if wasNameless, server.port.direction != .out {
            let refusals = enterRoomsRead(by: session, bus)
            if isNew, session.presence == nil, let refusal = refusals.first {
                session.logOut(bus)
                return withdraw(account, request, refusal, bus)
            }
            for refusal in refusals { refuse(.type(.enter), refusal) }
        }
        bus.accounts.logIn(session: session.id.digest, to: account.id)
        let name = session.sender?.name ?? account.name
        confirm(request, isNew ? phrases.registered(name) : phrases.loggedIn(as: name))
        for client in session.clients {
            client.tellName()
            client.resumeHello(session, bus)
        }
    }

    /// Enters somebody who has just got a name into the rooms that the pages read; returns the
    /// refusals of those where that failed.
    private func enterRoomsRead(by session: WebSession, _ bus: isolated Bus) -> [NameRefusal] {
        server.rooms.compactMap { room in
            let isRead = session.clients.contains { $0.stream.reads(room.room) }
            return isRead ? session.enter(room.room, bus) : nil
        }
    }

    /// Takes back a new account whose owner may not enter: a request that fails changes nothing.
    private func withdraw(
        _ account: Account, _ request: RequestName, _ refusal: NameRefusal, _ bus: isolated Bus
    ) {
        ask(within: PendingQuery.passwordTimeout) { done in
            bus.accounts.withdraw(account.id, then: done)
        } then: { [self] (_: ModerationResult?, _) in
            refuse(request, refusal)
        }
    }

    /// Changes the password; the account's other sessions end.
    func changePassword(
        _ old: String, _ new: String, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.type(.password)
        guard spendCommand(request, bus), checkSecurity(request) else { return }
        guard let account = session.account else {
            return refuse(request, .loginRequired, phrases.onlyWithAccount)
        }
        guard let new = Self.password(new) else {
            return refuse(request, .badArguments, phrases.badPassword)
        }
        guard let old = Self.password(old) else {
            return refuse(request, .loginFailed, phrases.passwordIsWrong)
        }
        let (address, connection) = (address, session.connection)
        ask(within: PendingQuery.passwordTimeout) { done in
            bus.accounts.changePassword(
                of: account, old: old, new: new, from: address, connection: connection, then: done)
        } then: { [self] (result: PasswordResult?, bus) in
            switch result {
            case .done:
                bus.accounts.logIn(session: session.id.digest, to: account)
                confirm(request, phrases.passwordChanged)
            default: refuse(request, passwordResult: result)
            }
        }
    }

    /// Removes the account; its sessions end.
    func unregister(_ text: String, _ session: WebSession, _ bus: isolated Bus) {
        let request = RequestName.type(.unregister)
        guard spendCommand(request, bus), checkSecurity(request) else { return }
        guard let account = session.account else {
            return refuse(request, .loginRequired, phrases.onlyWithAccount)
        }
        // Without this, somebody muted could get rid of the name and take another.
        if let key = session.sender?.key, bus.accounts.mute(ofName: key) != nil {
            return refuse(request, .forbidden, phrases.muted)
        }
        guard let password = Self.password(text) else {
            return refuse(request, .loginFailed, phrases.passwordIsWrong)
        }
        let (address, connection) = (address, session.connection)
        ask(within: PendingQuery.passwordTimeout) { done in
            bus.accounts.unregister(
                account, password: password, from: address, connection: connection, then: done)
        } then: { [self] (result: PasswordResult?, _) in
            switch result {
            case .done:
                confirm(request, phrases.unregistered)
                session.disconnect(.accountRemoved)
            default: refuse(request, passwordResult: result)
            }
        }
    }

    /// Refuses a request whose password was wrong or could not be checked.
    private func refuse(_ request: RequestName, passwordResult result: PasswordResult?) {
        switch result {
        case .done: break
        case .failed: refuse(request, .loginFailed, phrases.passwordIsWrong)
        case .refused: refuse(request, .forbidden, phrases.lastAdminStays)
        case .rateLimited(let seconds): refuseTry(request, seconds)
        case .unavailable, nil: refuseUnavailable(request)
        }
    }

    private func checkSecurity(_ request: RequestName) -> Bool {
        if isSecure || server.options.plaintextPasswords { return true }
        refuse(request, .insecure, phrases.insecure)
        return false
    }

    private func refuseTry(_ request: RequestName, _ seconds: Int) {
        refuse(request, .rateLimited, phrases.tooManyTries(seconds: seconds))
    }

    private func refuseUnavailable(_ request: RequestName) {
        refuse(request, .dropped, phrases.accountsAreUnavailable)
    }

    private static func password(_ text: String) -> Password? {
        var text = text
        return text.withUTF8 { Password(typed: UnsafeRawBufferPointer($0)) }
    }

    /// Returns the folded form of a name; `nil` if it is longer than any.
    static func key(of name: String) -> String? {
        var name = name
        return name.withUTF8 { NameFolding.boundedKey(UnsafeRawBufferPointer($0)) }
    }
}
