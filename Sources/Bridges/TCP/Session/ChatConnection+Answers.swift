import Sockets
import Chat
import MessageBus

// Lines of the server to one connection alone.
extension ChatConnection {
    /// Sends an answer.
    func answer(_ code: AnswerCode, _ text: String) {
        send(Array((server.phrases.answer(code, text) + "\n").utf8))
    }

    /// Tells the client the reason why a message was dropped.
    func answer(_ drop: Drop) { send(server.phrases.line(drop)) }

    /// Tells the client the reasons why messages were dropped.
    func answer(_ drops: [(index: Int, drop: Drop)]) { send(server.phrases.lines(drops)) }

    /// Counts a command, or a change of name or room; returns whether it is allowed, and tells the
    /// client if it is not.
    func spendCommand() -> Bool {
        let decision: CommandBucket.Decision
        if let person = participant?.presence.person, person.account != nil {
            // All connections of one person share one allowance.
            decision = person.commands.spend(at: server.loop.now, server.commandRule)
        } else {
            decision = commands.spend(at: server.loop.now, server.commandRule)
        }
        switch decision {
        case .allowed: return true
        case .refused(let seconds):
            answer(.rateLimited, server.phrases.tooManyCommands(seconds: seconds))
            return false
        case .ignored: return false
        }
    }
}
