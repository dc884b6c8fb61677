import Chat
import MessageBus
import Sockets

// Messages to one other person, who is here or away.
extension ChatConnection {
    /// Says something to one person.
    @safe func whisper(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if server.port.direction == .out { return answer(.forbidden, phrases.forbidden) }
        switch Addressee(arguments, bus) {
        case .name(let key, let text): whisper(text, to: key, bus)
        case .unknown: refuseUnknown(arguments, bus)
        case .unclear: answer(.badArguments, phrases.unclearName(.msg))
        case .missing: answer(.badArguments, phrases.badArguments(.msg))
        }
    }

    /// Refuses a message for somebody who is neither here nor the owner of an account.
    @safe private func refuseUnknown(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        // Somebody who has spoken here through a bridge and is not on the list of people is on
        // another network.
        if case .name(let key, _) = Addressee(arguments, speakersOf: roomReaders.room.log, bus),
            key.utf8.last == UInt8(ascii: ")"), !bus.isKnown(key)
        {
            answer(.forbidden, phrases.isElsewhere)
        } else {
            answer(.unknownUser, phrases.unknownUser)
        }
    }

    @safe private func whisper(_ text: UnsafeRawBufferPointer, to key: String, _ bus: isolated Bus)
    {
        if let receiver = bus.person(key) {
            whisper(text, to: receiver, bus)
        } else if let account = bus.accounts.account(named: key) {
            leave(text, for: account, bus)
        } else {
            answer(.unknownUser, phrases.unknownUser)
        }
    }

    @safe private func whisper(
        _ text: UnsafeRawBufferPointer, to receiver: Person, answering reply: Quotation? = nil,
        _ bus: isolated Bus
    ) {
        guard let participant else { return }
        if !receiver.isReachable {
            return answer(.unknownUser, phrases.unreachableUser(receiver.sender.name))
        }
        if receiver.isFull { return answer(.full, phrases.busyUser(receiver.sender.name)) }
        if let drop = bus.whisper(text, from: participant.presence, to: receiver, answering: reply)
        {
            answer(drop)
        } else if server.port.direction == .in {
            answer(.ok, "")
        }
    }

    // MARK: - People who are away

    /// Leaves a message for somebody who is away, if the sender is logged in.
    @safe private func leave(
        _ text: UnsafeRawBufferPointer, for account: Account, answering reply: Quotation? = nil,
        _ bus: isolated Bus
    ) {
        guard let participant, participant.isLoggedIn else {
            return answer(.unknownUser, phrases.unknownUser)
        }
        let presence = participant.presence
        ask(bus) { (_, then: @escaping (Leaving) -> Void) in
            let drop = bus.leave(text, from: presence, for: account, answering: reply) {
                then(.result($0))
            }
            if let drop { then(.dropped(drop)) }
        } then: { connection, result, _ in
            connection.answer(result, for: account.name)
        }
    }

    /// The result of an attempt to leave a message.
    private enum Leaving: Sendable {
        case result(LeavingResult)
        case dropped(Drop)
    }

    private func answer(_ result: Result<Leaving, any Error>, for name: String) {
        switch result {
        case .success(.dropped(let drop)): answer(drop)
        case .success(.result(.left)): answer(.ok, phrases.leftMessage(for: name))
        case .success(.result(.full)): answer(.full, phrases.tooManyLeft(for: name))
        case .success(.result(.unavailable)): answer(.unknownUser, phrases.unknownUser)
        case .failure: answer(.dropped, phrases.noHistory)
        }
    }

    /// Shows the messages that were left for the person while they were away.
    func showLeftMessages(_ bus: isolated Bus) {
        guard let account = participant?.sender.account else { return }
        ask(bus) { accounts, then in
            accounts.dequeueLeft(for: account, then: then)
        } then: { connection, result, _ in
            guard case .success(let messages) = result, !messages.isEmpty else { return }
            // They are delivered only once, so they are shown however much is waiting to be read.
            connection.answer(
                PrivateMessageList(messages, by: connection.server.history), isOwed: true)
        }
    }

    // MARK: - Earlier messages

    /// Shows the last private messages between this person and another one.
    ///
    /// - Parameter arguments: the text after the `@`.
    @safe func showPrivateHistory(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let argument = NameArgument(arguments),
            let (key, rest) = Self.partner(argument, bus),
            let count = Self.historyCount(rest.text)
        else { return answer(.badArguments, phrases.badArguments(.history)) }
        guard let account = participant?.sender.account else {
            return answer(.loginRequired, phrases.onlyWithAccount)
        }
        ask(bus) { accounts, then in
            accounts.privateMessages(of: account, with: key, before: .max, last: count, then: then)
        } then: { connection, result, _ in
            guard let messages = connection.answerOrRefuse(result) else { return }
            connection.answer(PrivateMessageList(messages, by: connection.server.history))
        }
    }

    /// Returns the folded name that is meant, and the text after it.
    @safe private static func partner(
        _ argument: NameArgument, _ bus: isolated Bus
    ) -> (key: String, rest: UnsafeRawBufferPointer)? {
        guard let key = argument.key else { return nil }
        guard let parentheses = unsafe argument.parentheses else {
            return unsafe (key, argument.rest)
        }
        // `ana (chat)`, as `/who` shows her, is ana; `operador (stdio)` has no other name.
        let isPlain = bus.person(key) != nil || bus.accounts.account(named: key) != nil
        let full = isPlain ? key : argument.key(with: parentheses)
        return unsafe full.map { unsafe ($0, argument.restBehindParentheses) }
    }

    /// Answers a private message in private; for everybody but the two there is no such message.
    func replyPrivately(toNumber number: MessageNumber, _ text: [UInt8], _ bus: isolated Bus) {
        guard let account = participant?.sender.account else {
            return answer(.unknownMessage, phrases.unknownMessage(number: number))
        }
        ask(bus) { accounts, then in
            accounts.privateMessage(numbered: number, of: account, then: then)
        } then: { connection, result, bus in
            guard let found = connection.answerOrRefuse(result) else { return }
            guard let found else {
                let phrases = connection.phrases
                return connection.answer(.unknownMessage, phrases.unknownMessage(number: number))
            }
            unsafe text.withUnsafeBytes { connection.reply(to: found, of: account, $0, bus) }
        }
    }

    @safe private func reply(
        to message: PrivateMessage, of account: AccountID, _ text: UnsafeRawBufferPointer,
        _ bus: isolated Bus
    ) {
        let other = message.sender.account == account ? message.receiver : message.sender
        let quotation = Quotation(
            number: message.number, name: message.sender.name, excerpt: message.text)
        if let id = other.account {
            guard let account = bus.accounts.account(id) else {
                return answer(.unknownUser, phrases.unknownUser)
            }
            if let owner = bus.owner(of: account) {
                whisper(text, to: owner, answering: quotation, bus)
            } else {
                leave(text, for: account, answering: quotation, bus)
            }
        } else if let person = bus.person(other.key), person.account == nil,
            person.firstNumber <= message.number
        {
            whisper(text, to: person, answering: quotation, bus)
        } else {
            // Somebody else may have the name by now.
            answer(.unknownUser, phrases.unknownUser)
        }
    }
}
