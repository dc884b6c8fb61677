import Chat
import MessageBus
import Sockets

// Deleting messages.
extension ChatConnection {
    /// Deletes a message by its number.
    @safe func delete(_ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let text = arguments.beginning(atMost: 32).text
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard let participant, arguments.count <= 32, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = MessageNumber(digits)
        else { return answer(.badArguments, phrases.badArguments(.delete)) }
        let (sender, role, connectionID) = (participant.sender, role, connectionID)
        query(bus) { bus in
            try await bus.delete(number, by: sender, role: role, connection: connectionID)
        } then: { connection, result, bus in
            let phrases = connection.phrases
            switch result {
            case .success(.deleted): connection.answer(.ok, phrases.deleted(number: number))
            case .success(.unknown): connection.deletePrivately(number, bus)
            case .success(.forbidden): connection.answer(.forbidden, phrases.canNotDelete)
            case .failure(let error):
                // Before the message was read, nothing was erased.
                if connection.server.port.isDeleted(number) {
                    connection.answer(.dropped, phrases.deletionIsLate)
                } else {
                    connection.server.logQueryFailure(error)
                    connection.answer(.dropped, phrases.noHistory)
                }
            }
        }
    }

    /// Deletes a private message; for everybody but the two there is no such message.
    private func deletePrivately(_ number: MessageNumber, _ bus: isolated Bus) {
        guard let account = participant?.sender.account else {
            return answer(.unknownMessage, phrases.unknownMessage(number: number))
        }
        let earliest = bus.earliestDeletable(by: role)
        ask(bus) { accounts, then in
            accounts.deletePrivateMessage(
                numbered: number, by: account, saidSince: earliest, then: then)
        } then: { connection, result, _ in
            let phrases = connection.phrases
            switch result {
            case .success(.deleted): connection.answer(.ok, phrases.deleted(number: number))
            case .success(.unknown):
                connection.answer(.unknownMessage, phrases.unknownMessage(number: number))
            case .success(.forbidden): connection.answer(.forbidden, phrases.canNotDelete)
            case .success(.unavailable), .failure:
                connection.answer(.dropped, phrases.accountsAreUnavailable)
            }
        }
    }
}
