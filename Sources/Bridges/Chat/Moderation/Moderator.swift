import MessageBus
import Sockets

/// A moderator or an admin who gives commands, on whatever bridge.
///
/// The account service logs bans and mutes, this type all else. Confined to the bus's loop.
package struct Moderator {
    /// The name, as others read it.
    private let name: String
    /// The folded name.
    private let key: String
    private let role: Role
    /// The address of the connection.
    private let address: ClientAddress
    /// The log of the room that is read: a command may be about anybody who spoke there.
    private let room: MessageLog
    private let phrases: Phrases
    private let log: Log

    /// Makes the moderator who gives a command.
    ///
    /// - Parameters:
    ///   - room: the room that is read.
    ///   - log: the log in which the moderator's acts are recorded.
    package init(
        _ sender: Sender, _ role: Role, at address: ClientAddress, in room: Room,
        _ phrases: Phrases, log: Log
    ) {
        name = sender.name
        key = sender.key
        self.role = role
        self.address = address
        self.room = room.log
        self.phrases = phrases
        self.log = log
    }

    /// Executes a command, whose role was checked before.
    @safe package func execute(
        _ command: ChatCommand, _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) -> ModerationOutcome {
        do throws(ModerationRefusal) {
            switch command {
            case .kick: return try kick(arguments, bus)
            case .ban: return try ban(arguments, bus)
            case .unban: return try unban(arguments, bus)
            case .mute: return try mute(arguments, bus)
            case .unmute: return try unmute(arguments, bus)
            case .announce: return try announce(arguments, bus)
            case .role: return try setRole(arguments, bus)
            default: return .answer(.unknownCommand, phrases.unknownCommand(command.rawValue))
            }
        } catch {
            return .answer(error.code, error.text)
        }
    }

    private func log(_ act: String) { log.info("\(name.quoted) \(act)") }

    private func refusal(_ code: AnswerCode, _ text: String) -> ModerationRefusal {
        ModerationRefusal(code: code, text: text)
    }

    // MARK: - Kick

    /// Sends somebody away.
    @safe private func kick(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        let target = try target(of: .kick, arguments, mayBeUnknown: false, bus)
        try checkRank(of: target, bus)
        let reason = unsafe ModerationArguments.reason(target.rest)
        let isHere = bus.person(target.key) != nil
        guard bus.kick(target.key, reason: reason) else {
            throw isHere || target.key.hasSuffix(")")
                ? refusal(.forbidden, phrases.canNotBeKicked)
                : refusal(.unknownUser, phrases.unknownUser)
        }
        log("sends \(target.shown.quoted) away: \(reason.isEmpty ? "no reason" : reason.quoted)")
        return .answer(.ok, phrases.isKicked(target.shown))
    }

    // MARK: - Bans

    /// Keeps somebody out.
    @safe private func ban(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        let subject: Ban.Subject
        let (shown, rest): (String, UnsafeRawBufferPointer)
        switch ModerationArguments.block(arguments) {
        case .block(let block, let text):
            guard mayBan(block, bus) else {
                throw refusal(.forbidden, phrases.protectedAddress)
            }
            unsafe (subject, shown, rest) = (.addresses(block), "\(block)", text)
        case .tooLarge: throw refusal(.badArguments, phrases.badBlock)
        case .none:
            let target = try target(of: .ban, arguments, mayBeUnknown: true, bus)
            try checkRank(of: target, bus)
            unsafe (subject, shown, rest) = (.name(target.key), target.shown, target.rest)
        }
        guard let term = ModerationArguments.term(rest, from: bus.now) else {
            throw refusal(.badArguments, phrases.badArguments(.ban))
        }
        let ban = unsafe Ban(
            of: subject, shown: shown, by: name, reason: ModerationArguments.reason(term.rest),
            at: bus.now, until: term.end)
        return change(done: phrases.isBanned(shown, until: term.end?.inLocalTime)) {
            accounts, then in
            accounts.add(ban, then: then)
        }
    }

    /// Takes a ban back.
    @safe private func unban(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        let subject: Ban.Subject
        let shown: String
        switch ModerationArguments.block(arguments) {
        case .block(let block, _): (subject, shown) = (.addresses(block), "\(block)")
        case .tooLarge: throw refusal(.badArguments, phrases.badBlock)
        case .none:
            let target = try target(of: .unban, arguments, mayBeUnknown: true, bus)
            try checkRank(of: target, bus)
            (subject, shown) = (.name(target.key), target.shown)
        }
        let act = "lifts the ban on \(shown.quoted)"
        return change(act, done: phrases.isFree(shown)) { accounts, then in
            accounts.removeBan(of: subject, then: then)
        }
    }

    /// Returns true if this person may keep a block of addresses out: it holds neither this
    /// connection nor this machine nor, for a moderator, a connection of a moderator or an admin.
    private func mayBan(_ block: AddressBlock, _ bus: isolated Bus) -> Bool {
        if block.contains(address) || block.holdsThisMachine || bus.isProtected(block) {
            return false
        }
        if role == .admin { return true }
        return !bus.moderators.contains { person in
            person.presences.contains { $0.address.map(block.contains) ?? false }
        }
    }

    // MARK: - Mutes

    /// Keeps somebody from speaking.
    @safe private func mute(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        let target = try target(of: .mute, arguments, mayBeUnknown: true, bus)
        try checkRank(of: target, bus)
        guard let term = unsafe ModerationArguments.term(target.rest, from: bus.now),
            unsafe term.rest.count == 0
        else {
            throw refusal(.badArguments, phrases.badArguments(.mute))
        }
        let mute = Mute(of: target.key, shown: target.shown, by: name, at: bus.now, until: term.end)
        return change(done: phrases.isMuted(target.shown, until: term.end?.inLocalTime)) {
            accounts, then in
            accounts.add(mute, then: then)
        }
    }

    /// Takes a mute back.
    @safe private func unmute(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        let target = try target(of: .unmute, arguments, mayBeUnknown: true, bus)
        try checkRank(of: target, bus)
        let (act, key) = ("lifts the mute on \(target.shown.quoted)", target.key)
        return change(act, done: phrases.isFree(target.shown)) { accounts, then in
            accounts.removeMute(ofName: key, then: then)
        }
    }

    // MARK: - Admins

    /// Says something for the server to everybody.
    @safe private func announce(
        _ text: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        if text.count == 0 { throw refusal(.badArguments, phrases.badArguments(.announce)) }
        let announcement = text.text
        bus.broadcast(announcement)
        log("announces \(announcement.quoted)")
        return .shown
    }

    /// Gives an account a role.
    @safe private func setRole(
        _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) throws(ModerationRefusal) -> ModerationOutcome {
        guard let argument = NameArgument(arguments),
            let role = unsafe Role(rawValue: argument.rest.text.lowercased())
        else { throw refusal(.badArguments, phrases.badArguments(.role)) }
        guard let account = argument.key.flatMap({ bus.accounts.account(named: $0) }) else {
            throw refusal(.unknownUser, phrases.unknownAccount)
        }
        let act = "gives \(account.name.quoted) the role \(role.rawValue)"
        return change(
            act, done: phrases.hasRole(account.name, role), refused: phrases.refusedRole
        ) { accounts, then in
            accounts.setRole(role, of: account.id, then: then)
        }
    }

    // MARK: - Whom a command is about

    /// The person whom a command is about.
    ///
    /// Valid as long as the arguments are.
    @safe private struct Target {
        let key: String
        let shown: String
        let rest: UnsafeRawBufferPointer
    }

    /// Returns the person whom a command is about.
    ///
    /// - Parameter mayBeUnknown: whether somebody of another bridge may be meant who was never
    ///   here.
    @safe private func target(
        of command: ChatCommand, _ arguments: UnsafeRawBufferPointer, mayBeUnknown: Bool,
        _ bus: isolated Bus
    ) throws(ModerationRefusal) -> Target {
        switch Addressee(arguments, speakersOf: room, needsText: false, bus) {
        case .name(let key, let rest):
            return unsafe Target(key: key, shown: shown(key, bus), rest: rest)
        case .unclear: throw refusal(.badArguments, phrases.unclearName(command))
        case .missing: throw refusal(.badArguments, phrases.badArguments(command))
        case .unknown:
            // Whoever is in no room was never here.
            if let argument = NameArgument(arguments), let target = unknownTarget(argument, bus),
                mayBeUnknown || !target.key.hasSuffix(")")
            {
                return target
            }
            throw refusal(.unknownUser, phrases.unknownUser)
        }
    }

    /// Returns a person who is not known here, by the name as it is written.
    private func unknownTarget(_ argument: NameArgument, _ bus: isolated Bus) -> Target? {
        // A text that can't be a name is nobody's, and the server is never meant.
        guard let key = argument.key, let name = try? unsafe Name(argument.word) else {
            return nil
        }
        if let parentheses = unsafe argument.parentheses,
            let owner = NameFolding.boundedKey(parentheses),
            let full = argument.key(with: parentheses),
            bus.isShownInParentheses(owner)
        {
            let shown = "\(name.text) (\(parentheses.text))"
            return unsafe Target(key: full, shown: shown, rest: argument.restBehindParentheses)
        }
        // A name with a bridge that does not exist means nobody, and not the owner of the bare
        // name.
        if unsafe argument.parentheses != nil || argument.isAmbiguous { return nil }
        let account = bus.accounts.account(named: key)
        return unsafe Target(key: key, shown: account?.name ?? name.text, rest: argument.rest)
    }

    private func shown(_ key: String, _ bus: isolated Bus) -> String {
        bus.person(key)?.sender.name ?? bus.accounts.account(named: key)?.name
            ?? room.last(saidBy: key)?.sender.name ?? key
    }

    /// Checks that this person may act on somebody: nobody on themselves, and moderators neither on
    /// one another nor on admins.
    private func checkRank(of target: Target, _ bus: isolated Bus) throws(ModerationRefusal) {
        let other = bus.accounts.account(named: target.key)?.role ?? .member
        guard target.key != key, role == .admin || !other.mayModerate else {
            throw refusal(.forbidden, phrases.canNotActOn)
        }
    }

    /// Returns a change for the accounts to make.
    ///
    /// - Parameter act: the line for the log, written once it is done, whether or not the
    ///   connection is still there; `nil` if the accounts write a better one.
    private func change(
        _ act: String? = nil, done: String, refused: String? = nil,
        _ apply:
            @escaping @Sendable (
                any AccountDirectory, @escaping (ModerationResult) -> Void
            ) -> Void
    ) -> ModerationOutcome {
        .change(
            ModerationChange(
                apply: { [log, name] accounts, then in
                    apply(accounts) { result in
                        if result == .done, let act { log.info("\(name.quoted) \(act)") }
                        then(result)
                    }
                }, doneText: done, refusedText: refused ?? phrases.canNotActOn, phrases: phrases))
    }
}

/// The reason why a command of a moderator is refused.
private struct ModerationRefusal: Error {
    let code: AnswerCode
    let text: String
}
