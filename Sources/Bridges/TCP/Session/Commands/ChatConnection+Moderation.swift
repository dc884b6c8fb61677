import Chat
import MessageBus

// The commands of moderators and admins.
extension ChatConnection {
    /// The role of the account that is logged in; `nil` without one.
    var role: Role? { participant?.presence.person?.account?.role }

    /// Executes a command of a moderator or an admin; the caller has checked the role.
    @safe func moderate(
        _ command: ChatCommand, _ arguments: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) {
        guard let participant, let role else { return }
        let moderator = Moderator(
            participant.sender, role, at: clientAddress, in: roomReaders.room, phrases,
            log: server.port.log)
        switch moderator.execute(command, arguments, bus) {
        case .answer(let code, let text): answer(code, text)
        case .shown: break
        case .change(let change):
            ask(bus) { accounts, then in
                change.apply(accounts, then)
            } then: { connection, result, _ in
                let (code, text) = change.answer(to: try? result.get())
                connection.answer(code, text)
            }
        }
    }
}
