import Chat
import MessageBus
import Sockets

// Lines to this client alone.
extension IRCServerClient {
    /// Queues lines, behind what the client's channels have said so far.
    func send(_ lines: [UInt8]) {
        guard stream.isOpen, !stream.isEnding, !lines.isEmpty else { return }
        stream.sendNews()
        stream.send(wire.transport.framed(lines))
    }

    /// Queues lines behind all that a room has said so far, also if the client lags.
    func send(_ lines: [UInt8], behind room: Room) {
        stream.send(wire.transport.framed(lines), behind: room)
    }

    /// Closes once everything that is owed now is sent, these lines last.
    func closeWhenSent(_ lines: [UInt8]) {
        var bytes = wire.transport.framed(lines)
        if !isSocket { WebSocketFrame.appendClose(.normal, to: &bytes) }
        stream.closeWhenSent(bytes)
    }
}

extension IRCStream {
    /// Sends what the channels have said in this turn, so that an answer comes behind it.
    fileprivate func sendNews() {
        if isBlocked { return }
        var isNew = false
        for reading in readings where reading.form.hasNews {
            reading.form.catchUp()
            isNew = true
        }
        if isNew { sendPending() }
    }
}
