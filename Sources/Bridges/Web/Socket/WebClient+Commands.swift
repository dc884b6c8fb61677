import Chat
import MessageBus
import Sockets

// Commands that have no message of their own: those of moderators and admins.
extension WebClient {
    /// Bans and mutes in one answer: more than anybody reads.
    private static let maxRestrictions = 500

    /// Executes a command as it is typed, without its slash.
    func execute(
        _ line: String, in room: String?, _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.type(.command)
        guard spendCommand(request, bus) else { return }
        let cleaned = unsafe Array(line.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        unsafe cleaned.withUnsafeBytes { line in
            let line = unsafe UnsafeRawBufferPointer(rebasing: line[TextTrimming.trimmed(line)])
            let verb = unsafe line.prefix { $0 != 0x20 && $0 != 0x09 }
            let rest = unsafe UnsafeRawBufferPointer(rebasing: line[verb.endIndex...])
            unsafe execute(
                String(decoding: verb, as: UTF8.self),
                UnsafeRawBufferPointer(rebasing: rest[TextTrimming.trimmed(rest)]), in: room,
                session, bus)
        }
    }

    private func execute(
        _ verb: String, _ arguments: UnsafeRawBufferPointer, in name: String?,
        _ session: WebSession, _ bus: isolated Bus
    ) {
        let request = RequestName.type(.command)
        guard let command = ChatCommand(verb: verb) else {
            return refuse(request, .unknownCommand, phrases.unknownCommand(verb))
        }
        guard let roles = command.roles else {
            return refuse(request, .unknownCommand, phrases.isCalled(command))
        }
        guard let sender = session.sender else {
            return refuse(request, .needName, phrases.needNameOnPage)
        }
        guard let role = session.role(bus), roles.contains(role) else {
            return refuse(request, .forbidden, phrases.onlyFor(command))
        }
        var room = server.defaultRoom
        if let name {
            guard let named = self.room(name, request) else { return }
            room = named
        }
        if command == .bans { return confirm(request, restrictions(bus.accounts)) }
        let moderator = Moderator(
            sender, role, at: address, in: room.room, phrases, log: server.port.log)
        answer(moderator.execute(command, arguments, bus), bus)
    }

    private func answer(_ outcome: ModerationOutcome, _ bus: isolated Bus) {
        switch outcome {
        case .answer(let code, let text): answer(code, text)
        case .shown: confirm(.type(.command))
        case .change(let change):
            ask(within: PendingQuery.passwordTimeout) { then in
                change.apply(bus.accounts, then)
            } then: { [self] (result: ModerationResult?, _) in
                let (code, text) = change.answer(to: result)
                answer(code, text)
            }
        }
    }

    private func answer(_ code: AnswerCode, _ text: String) {
        code == .ok ? confirm(.type(.command), text) : refuse(.type(.command), code, text)
    }

    /// Returns all bans and mutes, each in a line, and their number.
    private func restrictions(_ accounts: any AccountDirectory) -> String {
        let (bans, mutes) = (accounts.bans, accounts.mutes)
        let lines =
            bans.prefix(Self.maxRestrictions).map { phrases.line($0, until: $0.end?.inLocalTime) }
            + mutes.prefix(Self.maxRestrictions).map {
                phrases.line($0, until: $0.end?.inLocalTime)
            }
        let count = phrases.count(bans.count + mutes.count)
        return (lines + [count]).joined(separator: "\n")
    }
}
