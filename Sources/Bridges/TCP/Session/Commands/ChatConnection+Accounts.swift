import Chat
import MessageBus
import Sockets

// Accounts: a password is checked off the loop, and the client's other lines wait meanwhile.
extension ChatConnection {
    /// Executes a command that carries a password.
    ///
    /// - Parameter name: the name in front of the command, if the client has none.
    @safe func execute(
        _ command: ChatCommand, withPassword arguments: UnsafeRawBufferPointer, of name: Name?,
        _ bus: isolated Bus
    ) {
        guard isSecure || server.options.plaintextPasswords else {
            return answer(.insecure, phrases.insecure)
        }
        switch command {
        case .register: register(arguments, of: name, bus)
        case .login: logIn(arguments, bus)
        case .password: changePassword(arguments, bus)
        case .unregister: unregister(arguments, bus)
        default: break
        }
    }

    /// The address to which limits, attempts and bans apply.
    var clientAddress: ClientAddress { host.map { ClientAddress($0) } ?? .local }

    // MARK: - Login

    @safe private func logIn(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let argument = NameArgument(arguments), unsafe Self.isWord(argument.rest) else {
            return answer(.badArguments, phrases.badArguments(.login))
        }
        // A text that can't be a name, or a password, belongs to nobody.
        guard let key = argument.key, let password = unsafe Password(typed: argument.rest) else {
            return answer(.loginFailed, phrases.loginFailed)
        }
        let attempt = LoginAttempt(
            key: key, password: password, address: clientAddress, connection: UInt64(connectionID))
        ask(bus) { accounts, then in
            accounts.logIn(attempt, then: then)
        } then: { connection, result, bus in
            switch result {
            case .success(.loggedIn(let account)): connection.becomeOwner(of: account, bus)
            case .success(.failed):
                connection.answer(.loginFailed, connection.phrases.loginFailed)
            case .success(.rateLimited(let seconds)): connection.refuseTry(seconds)
            case .success(.unavailable), .failure: connection.refuseUnavailable()
            }
        }
    }

    /// Makes the person behind this connection the owner of an account, and answers.
    private func becomeOwner(of account: Account, isNew: Bool = false, _ bus: isolated Bus) {
        if let refusal = owningRefusal(of: account, isNew: isNew, bus) {
            return isNew ? withdraw(account, refusal, bus) : answer(refusal)
        }
    }

    /// Takes back a new account whose owner may not enter: a command that fails must change
    /// nothing.
    private func withdraw(_ account: Account, _ refusal: NameRefusal, _ bus: isolated Bus) {
        ask(bus) { accounts, then in
            accounts.withdraw(account.id, then: then)
        } then: { connection, _, _ in
            connection.answer(refusal)
        }
    }

    /// Makes the person the owner of an account and answers; or returns the refusal, without
    /// answering.
    private func owningRefusal(
        of account: Account, isNew: Bool, _ bus: isolated Bus
    ) -> NameRefusal? {
        if let ban = bus.accounts.ban(ofName: account.key) { return .banned(ban.reason) }
        let displaced = bus.freeName(of: account, for: participant?.presence)
        // A relay is not announced: if the connection had another name, that one leaves here.
        if account.role == .relay, participant?.sender.account != account.id { leaveBus(bus) }
        if let participant {
            if let refusal = bus.logIn(participant.presence, to: account) { return refusal }
        } else {
            let sender = Sender(account, bridge: attachment.name)
            if let refusal = entranceRefusal(of: sender, bus) { return refusal }
        }
        let name = participant?.name.text ?? account.name
        answer(.ok, isNew ? phrases.registered(name) : phrases.loggedIn(as: name))
        if let displaced { answer(.info, phrases.isNowCalled(displaced)) }
        if !isNew { showLeftMessages(bus) }
        return nil
    }

    // MARK: - Registration

    @safe private func register(
        _ arguments: UnsafeRawBufferPointer, of given: Name?, _ bus: isolated Bus
    ) {
        if participant?.isLoggedIn == true { return answer(.forbidden, phrases.isLoggedIn) }
        guard bus.accounts.policy.isRegistrationOpen else {
            return answer(.forbidden, phrases.registrationIsClosed)
        }
        do throws(NameProblem) {
            guard let (name, text) = try registration(arguments, of: given) else {
                return answer(.badArguments, phrases.badArguments(.register))
            }
            register(name, text, bus)
        } catch {
            answer(.badName, phrases.badName(error))
        }
    }

    /// Returns the name and the password of a registration; `nil` if they are not written as they
    /// should be.
    @safe private func registration(
        _ arguments: UnsafeRawBufferPointer, of given: Name?
    ) throws(NameProblem) -> (name: Name, password: UnsafeRawBufferPointer)? {
        let own = participant?.name ?? given
        if let own, Self.isWord(arguments) {
            // A name that was given, such as a guest's, can't be an account's.
            return unsafe (try Name(own.text), arguments)
        }
        guard let argument = NameArgument(arguments), unsafe Self.isWord(argument.rest) else {
            return nil
        }
        guard let own else { return unsafe (try Name(argument.word), argument.rest) }
        return unsafe own.isSpelled(by: argument.word) ? (try Name(own.text), argument.rest) : nil
    }

    @safe private func register(_ name: Name, _ text: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let password = Password(typed: text) else {
            return answer(.badArguments, phrases.badPassword)
        }
        if let other = bus.person(name.key), other !== participant?.presence.person {
            return answer(.nameInUse, phrases.nameInUse)
        }
        if bus.accounts.isReserved(name.key) {
            return answer(.loginRequired, phrases.nameIsRegistered)
        }
        // Checked here, before a password is hashed in vain.
        if let ban = bus.accounts.ban(ofName: name.key) { return answer(.banned(ban.reason)) }
        let attempt = LoginAttempt(
            key: name.key, password: password, address: clientAddress,
            connection: UInt64(connectionID))
        ask(bus) { accounts, then in
            accounts.register(attempt, name: name.text) { [weak self] result in
                // The client that asked is gone, or was told that the registration failed.
                if case .registered(let account) = result, self?.isWaiting != true {
                    accounts.withdraw(account.id) { _ in }
                }
                then(result)
            }
        } then: { connection, result, bus in
            switch result {
            case .success(.registered(let account)):
                connection.becomeOwner(of: account, isNew: true, bus)
            case .success(.reserved):
                connection.answer(.loginRequired, connection.phrases.nameIsRegistered)
            case .success(.closed):
                connection.answer(.forbidden, connection.phrases.registrationIsClosed)
            case .success(.rateLimited(let seconds)): connection.refuseTry(seconds)
            case .success(.unavailable), .failure: connection.refuseUnavailable()
            }
        }
    }

    // MARK: - Changes

    @safe private func changePassword(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let account = participant?.sender.account else {
            return answer(.loginRequired, phrases.onlyWithAccount)
        }
        guard let words = Self.twoWords(arguments) else {
            return answer(.badArguments, phrases.badArguments(.password))
        }
        guard let new = unsafe Password(typed: words.1) else {
            return answer(.badArguments, phrases.badPassword)
        }
        guard let old = unsafe Password(typed: words.0) else {
            return answer(.loginFailed, phrases.passwordIsWrong)
        }
        let (address, connectionID) = (clientAddress, UInt64(connectionID))
        ask(bus) { accounts, then in
            accounts.changePassword(
                of: account, old: old, new: new, from: address, connection: connectionID, then: then
            )
        } then: { connection, result, _ in
            connection.answer(result, done: connection.phrases.passwordChanged)
        }
    }

    @safe private func unregister(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let sender = participant?.sender, let account = sender.account else {
            return answer(.loginRequired, phrases.onlyWithAccount)
        }
        // Without this, somebody muted could get rid of the name and take another.
        if bus.accounts.mute(ofName: sender.key) != nil { return answer(.forbidden, phrases.muted) }
        guard Self.isWord(arguments) else {
            return answer(.badArguments, phrases.badArguments(.unregister))
        }
        guard let password = Password(typed: arguments) else {
            return answer(.loginFailed, phrases.passwordIsWrong)
        }
        let (address, connectionID) = (clientAddress, UInt64(connectionID))
        ask(bus) { accounts, then in
            accounts.unregister(
                account, password: password, from: address, connection: connectionID, then: then)
        } then: { connection, result, bus in
            // The name belongs to nobody from now on; the account's other connections are closed.
            if case .success(.done) = result { connection.logOut(bus) }
            connection.answer(result, done: connection.phrases.unregistered)
        }
    }

    /// Takes the name away: the person leaves, and the connection stays.
    private func logOut(_ bus: isolated Bus) {
        leaveBus(bus)
        if server.isLoginRequired { detachFromRoom() }
        server.awaitName(of: self)
    }

    // MARK: - Answers

    private func answer(_ result: Result<PasswordResult, any Error>, done text: String) {
        switch result {
        case .success(.done): answer(.ok, text)
        case .success(.failed): answer(.loginFailed, phrases.passwordIsWrong)
        case .success(.refused): answer(.forbidden, phrases.lastAdminStays)
        case .success(.rateLimited(let seconds)): refuseTry(seconds)
        case .success(.unavailable), .failure: refuseUnavailable()
        }
    }

    private func refuseTry(_ seconds: Int) {
        answer(.rateLimited, phrases.tooManyTries(seconds: seconds))
    }

    private func refuseUnavailable() { answer(.dropped, phrases.accountsAreUnavailable) }

    // MARK: - Words

    @safe private static func isWord(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count > 0 && text.wordEnd == text.count
    }

    @safe private static func twoWords(
        _ text: UnsafeRawBufferPointer
    ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer)? {
        let end = text.wordEnd
        let second = text.part(end...).trimmed
        guard isWord(second) else { return nil }
        return unsafe (text.part(..<end), second)
    }
}
