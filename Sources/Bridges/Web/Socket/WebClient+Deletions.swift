import Chat
import MessageBus
import Sockets

// Deleting messages.
extension WebClient {
    /// Deletes a message by its number.
    func delete(_ number: MessageNumber, _ session: WebSession, _ bus: isolated Bus) {
        let request = RequestName.type(.delete)
        guard spendCommand(request, bus) else { return }
        guard let sender = session.sender else {
            return refuse(request, .needName, phrases.needNameOnPage)
        }
        let (role, digest) = (session.role(bus), session.id.digest)
        ask { (bus: isolated Bus) in
            try await bus.delete(number, by: sender, role: role, connection: 0, session: digest)
        } then: { [self] (result: Bus.DeletionResult?, bus) in
            switch result {
            case .deleted: confirm(request, phrases.deleted(number: number), number: number)
            case .unknown: deletePrivately(number, session, bus)
            case .forbidden: refuse(request, .forbidden, phrases.canNotDelete)
            case nil:
                // Before the message was read, nothing was erased.
                let isErased = server.port.isDeleted(number)
                refuse(request, .dropped, isErased ? phrases.deletionIsLate : phrases.noHistory)
            }
        }
    }

    /// Deletes a private message; for everybody but the two there is no such message.
    private func deletePrivately(
        _ number: MessageNumber, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.type(.delete)
        guard let account = session.account else {
            return refuse(request, .unknownMessage, phrases.unknownMessage(number: number))
        }
        let earliest = bus.earliestDeletable(by: session.role(bus))
        ask(within: PendingQuery.passwordTimeout) { then in
            bus.accounts.deletePrivateMessage(
                numbered: number, by: account, saidSince: earliest, then: then)
        } then: { [self] (result: PrivateDeletionResult?, _) in
            switch result {
            case .deleted: confirm(request, phrases.deleted(number: number), number: number)
            case .unknown:
                refuse(request, .unknownMessage, phrases.unknownMessage(number: number))
            case .forbidden: refuse(request, .forbidden, phrases.canNotDelete)
            case .unavailable, nil: refuse(request, .dropped, phrases.accountsAreUnavailable)
            }
        }
    }
}
