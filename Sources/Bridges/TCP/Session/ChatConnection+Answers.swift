import Sockets
import Chat
import MessageBus

// Lines of the server that one connection alone gets.
extension ChatConnection {
    /// Answers this connection alone.
    func answer(_ code: AnswerCode, _ text: String) {
        send(Array((server.phrases.answer(code, text) + "\n").utf8))
    }

    /// Tells why a message was dropped.
    func answer(_ drop: Drop) { send(server.phrases.line(drop)) }

    /// Tells why messages were dropped.
    func answer(_ drops: [(index: Int, drop: Drop)]) { send(server.phrases.lines(drops)) }

    /// Takes one command, or change of name or room, out of what it may do; tells it when there is
    /// none left.
    func mayCommand() -> Bool {
        switch commands.take(at: server.loop.now, server.commandRule) {
        case .allowed: return true
        case .refused(let seconds):
            answer(.rateLimited, server.phrases.tooManyCommands(seconds: seconds))
            return false
        case .ignored: return false
        }
    }
}
