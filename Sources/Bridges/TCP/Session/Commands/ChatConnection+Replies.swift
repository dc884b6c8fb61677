import Chat
import MessageBus
import Sockets

// Replies to earlier messages.
extension ChatConnection {
    /// Says something in reply to a message, given by its sender or its number.
    @safe func reply(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if server.port.direction == .out { return answer(.forbidden, phrases.forbidden) }
        let log = roomReaders.room.log
        if arguments.byte(at: 0) == UInt8(ascii: "#") { return replyToNumber(arguments, bus) }
        switch Addressee(arguments, speakersOf: log, bus) {
        case .name(let key, let text):
            guard let message = log.last(saidBy: key) else {
                return answer(.unknownMessage, phrases.unknownMessageOfUser)
            }
            reply(to: message, text, bus)
        case .unknown: answer(.unknownUser, phrases.unknownUser)
        case .unclear: answer(.badArguments, phrases.unclearName(.reply))
        case .missing: answer(.badArguments, phrases.badArguments(.reply))
        }
    }

    @safe private func replyToNumber(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let end = arguments.wordEnd
        let (digits, text) = (arguments.part(1..<end).text, arguments.part(end...).trimmed)
        guard !digits.hasPrefix("+"), let number = MessageNumber(digits), text.count > 0 else {
            return answer(.badArguments, phrases.badArguments(.reply))
        }
        if let found = roomReaders.room.log.message(numbered: number) {
            reply(to: found, numbered: number, text, bus)
        } else if bus.keepsMessages || participant?.isLoggedIn == true {
            unsafe replyFromStore(number, Array(text), bus)
        } else {
            answer(.unknownMessage, phrases.unknownMessage(number: number))
        }
    }

    private func replyFromStore(_ number: MessageNumber, _ text: [UInt8], _ bus: isolated Bus) {
        query(bus) {
            try await $0.message(numbered: number)
        } then: { connection, result, bus in
            guard let found = connection.answerOrRefuse(result) else { return }
            guard let found, found.room == connection.roomReaders.room.name else {
                return connection.replyPrivately(toNumber: number, text, bus)
            }
            unsafe text.withUnsafeBytes { connection.reply(to: found, numbered: number, $0, bus) }
        }
    }

    @safe private func reply(
        to message: Message, numbered number: MessageNumber, _ text: UnsafeRawBufferPointer,
        _ bus: isolated Bus
    ) {
        guard message.header.isSaid, !message.header.isDeleted else {
            return answer(.unknownMessage, phrases.unknownMessage(number: number))
        }
        reply(to: message, text, bus)
    }

    @safe private func reply(
        to message: Message, _ text: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) {
        guard let participant else { return }
        let quotation = Quotation(
            number: message.number, name: message.sender.name, excerpt: message.text)
        say(text, as: participant.sender, details: MessageDetails(reply: quotation), bus)
    }

    /// Publishes a text that a command has made in the connection's room.
    ///
    /// `server.batch` must be empty. If speakers get their own lines back, the line itself is the
    /// answer.
    @safe func say(
        _ text: UnsafeRawBufferPointer, as sender: Sender, details: MessageDetails?,
        _ bus: isolated Bus
    ) {
        var header = MessageHeader()
        header.connectionID = connectionID
        let batch = server.batch
        batch.arena.room = roomReaders.room.name
        batch.arena.append(header, copying: text, sender: sender, details: details)
        bus.publish(batch, in: roomReaders.room, by: attachment)
        if let drop = batch.drops.first?.drop {
            answer(drop)
        } else if !server.options.echo || server.port.direction == .in {
            answer(.ok, "")
        }
        batch.removeMessages()
    }
}
