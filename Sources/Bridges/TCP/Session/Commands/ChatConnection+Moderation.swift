import Chat
import MessageBus

// The commands of moderators and admins. The accounts write bans and mutes into the log.
extension ChatConnection {
    /// The role of the account that is logged in; `nil` without one.
    var role: Role? { participant?.presence.person?.account?.role }

    private var giver: String { participant?.name.text ?? "" }

    private func log(_ act: String) { server.port.log.info("\(giver.quoted) \(act)") }

    // MARK: - Kick

    /// Sends somebody away.
    func kick(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let target = target(of: .kick, arguments, mayBeUnknown: false, bus),
            mayAct(on: target, bus)
        else { return }
        guard let person = bus.person(target.key) else {
            return target.key.hasSuffix(")")
                ? answer(.forbidden, phrases.canNotBeKicked)
                : answer(.unknownUser, phrases.unknownUser)
        }
        let reason = ModerationArguments.reason(target.rest)
        guard bus.kick(person, reason: reason) else {
            return answer(.forbidden, phrases.canNotBeKicked)
        }
        log("sends \(target.shown.quoted) away: \(reason.isEmpty ? "no reason" : reason.quoted)")
        answer(.ok, phrases.isKicked(target.shown))
    }

    // MARK: - Bans

    /// Keeps somebody out.
    func ban(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let subject: Ban.Subject
        let (shown, rest): (String, UnsafeRawBufferPointer)
        switch ModerationArguments.block(arguments) {
        case .block(let block, let text):
            guard mayBan(block, bus) else {
                return answer(.forbidden, phrases.protectedAddress)
            }
            (subject, shown, rest) = (.addresses(block), "\(block)", text)
        case .tooLarge: return answer(.badArguments, phrases.badBlock)
        case .none:
            guard let target = target(of: .ban, arguments, mayBeUnknown: true, bus),
                mayAct(on: target, bus)
            else { return }
            (subject, shown, rest) = (.name(target.key), target.shown, target.rest)
        }
        guard let term = ModerationArguments.term(rest, from: bus.now) else {
            return answer(.badArguments, phrases.badArguments(.ban))
        }
        let ban = Ban(
            of: subject, shown: shown, by: giver, reason: ModerationArguments.reason(term.rest),
            at: bus.now, until: term.end)
        change(bus, done: phrases.isBanned(shown, until: term.end?.local)) { accounts, then in
            accounts.add(ban, then: then)
        }
    }

    /// Takes a ban back.
    func unban(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let subject: Ban.Subject
        let shown: String
        switch ModerationArguments.block(arguments) {
        case .block(let block, _): (subject, shown) = (.addresses(block), "\(block)")
        case .tooLarge: return answer(.badArguments, phrases.badBlock)
        case .none:
            guard let target = target(of: .unban, arguments, mayBeUnknown: true, bus),
                mayAct(on: target, bus)
            else { return }
            (subject, shown) = (.name(target.key), target.shown)
        }
        let act = "takes the ban of \(shown.quoted) back"
        change(bus, act, done: phrases.isFree(shown)) { accounts, then in
            accounts.removeBan(of: subject, then: then)
        }
    }

    /// Returns true if this person may keep a block of addresses out: it holds neither this
    /// connection nor, for a moderator, one of a moderator or an admin.
    private func mayBan(_ block: AddressBlock, _ bus: isolated Bus) -> Bool {
        if block.contains(clientAddress) || bus.isProtected(block) { return false }
        if role == .admin { return true }
        return !bus.moderators.contains { person in
            person.presences.contains { $0.address.map(block.contains) ?? false }
        }
    }

    // MARK: - Mutes

    /// Keeps somebody from speaking.
    func mute(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let target = target(of: .mute, arguments, mayBeUnknown: true, bus),
            mayAct(on: target, bus)
        else { return }
        guard let term = ModerationArguments.term(target.rest, from: bus.now) else {
            return answer(.badArguments, phrases.badArguments(.mute))
        }
        let mute = Mute(
            of: target.key, shown: target.shown, by: giver, at: bus.now, until: term.end)
        change(bus, done: phrases.isMuted(target.shown, until: term.end?.local)) { accounts, then in
            accounts.add(mute, then: then)
        }
    }

    /// Takes a mute back.
    func unmute(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let target = target(of: .unmute, arguments, mayBeUnknown: true, bus),
            mayAct(on: target, bus)
        else { return }
        let act = "takes the mute of \(target.shown.quoted) back"
        change(bus, act, done: phrases.isFree(target.shown)) { accounts, then in
            accounts.removeMute(ofName: target.key, then: then)
        }
    }

    // MARK: - Admins

    /// Says something for the server to everybody.
    func announce(_ text: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if text.isEmpty { return answer(.badArguments, phrases.badArguments(.announce)) }
        let announcement = String(decoding: text, as: UTF8.self)
        bus.announce(announcement)
        log("announces \(announcement.quoted)")
    }

    /// Gives an account a role.
    func setRole(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let argument = NameArgument(arguments),
            let role = Role(rawValue: String(decoding: argument.rest, as: UTF8.self).lowercased())
        else { return answer(.badArguments, phrases.badArguments(.role)) }
        guard let account = argument.key.flatMap({ bus.accounts.account(named: $0) }) else {
            return answer(.unknownUser, phrases.unknownAccount)
        }
        let act = "gives \(account.name.quoted) the role \(role.rawValue)"
        change(
            bus, act, done: phrases.hasRole(account.name, role), refused: phrases.refusedRole
        ) { accounts, then in
            accounts.setRole(role, of: account.id, then: then)
        }
    }

    // MARK: - Whom a command is about

    /// Somebody a command is about.
    private struct Target {
        let key: String
        let shown: String
        let rest: UnsafeRawBufferPointer
    }

    /// Returns whom a command is about; `nil` if that is answered.
    ///
    /// - Parameter mayBeUnknown: whether it may be somebody who was never here.
    private func target(
        of command: ChatCommand, _ arguments: UnsafeRawBufferPointer, mayBeUnknown: Bool,
        _ bus: isolated Bus
    ) -> Target? {
        let log = roomReaders.room.log
        switch Addressee(arguments, speakersOf: log, needsText: false, bus) {
        case .name(let key, let rest):
            return Target(key: key, shown: shown(key, bus), rest: rest)
        case .unclear: answer(.badArguments, phrases.unclearName(command))
        case .missing: answer(.badArguments, phrases.badArguments(command))
        case .unknown:
            if mayBeUnknown, let argument = NameArgument(arguments),
                let target = unknownTarget(argument, bus)
            {
                return target
            }
            answer(.unknownUser, phrases.unknownUser)
        }
        return nil
    }

    /// Returns somebody who is not known here, as the name is written.
    private func unknownTarget(_ argument: NameArgument, _ bus: isolated Bus) -> Target? {
        // What can't be a name is nobody's, and the server's is not meant.
        guard let key = argument.key, let name = try? Name(argument.word) else {
            return nil
        }
        if let parentheses = argument.parentheses,
            let owner = NameFolding.boundedKey(parentheses),
            let full = argument.key(with: parentheses),
            bus.isBridge(owner) || bus.accounts.account(named: owner)?.role == .relay
        {
            let shown = "\(name.text) (\(String(decoding: parentheses, as: UTF8.self)))"
            return Target(key: full, shown: shown, rest: argument.restBehindParentheses)
        }
        let account = bus.accounts.account(named: key)
        return Target(key: key, shown: account?.name ?? name.text, rest: argument.rest)
    }

    private func shown(_ key: String, _ bus: isolated Bus) -> String {
        bus.person(key)?.sender.name ?? bus.accounts.account(named: key)?.name
            ?? roomReaders.room.log.last(saidBy: key)?.sender.name ?? key
    }

    /// Returns true if this person may act on somebody: not on oneself, and moderators not on their
    /// like; answers if not.
    private func mayAct(on target: Target, _ bus: isolated Bus) -> Bool {
        let other = bus.accounts.account(named: target.key)?.role ?? .member
        if target.key != participant?.sender.key, role == .admin || !other.mayModerate {
            return true
        }
        answer(.forbidden, phrases.canNotActOn)
        return false
    }

    /// Has the accounts change something, and answers.
    ///
    /// - Parameter act: the line for the log, written once it is done, whether or not the
    ///   connection is still there; `nil` if the accounts write a better one.
    private func change(
        _ bus: isolated Bus, _ act: String? = nil, done: String, refused: String? = nil,
        _ question: (any AccountDirectory, @escaping (ModerationResult) -> Void) -> Void
    ) {
        let (log, giver) = (server.port.log, giver)
        ask(bus) { accounts, then in
            question(accounts) { result in
                if result == .done, let act { log.info("\(giver.quoted) \(act)") }
                then(result)
            }
        } then: { connection, result, _ in
            let phrases = connection.phrases
            switch result {
            case .success(.done): connection.answer(.ok, done)
            case .success(.unknown): connection.answer(.unknownUser, phrases.notRestricted)
            case .success(.refused):
                connection.answer(.forbidden, refused ?? phrases.canNotActOn)
            case .success(.full): connection.answer(.full, phrases.tooManyRestrictions)
            case .success(.unavailable), .failure:
                connection.answer(.dropped, phrases.accountsAreUnavailable)
            }
        }
    }
}

extension Timestamp {
    /// The local time, for people.
    var local: String {
        var bytes: [UInt8] = []
        LocalTime.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
