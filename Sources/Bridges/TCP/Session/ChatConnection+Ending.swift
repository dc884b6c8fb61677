import Chat
import MessageBus

// Closing a connection from this side.
extension ChatConnection {
    /// Closes a connection that took too long to take a name or to end its first line.
    func closeAsNameless(_ bus: isolated Bus) {
        server.port.log.debug("\(peer) is closed: it has not said who it is in time")
        greet()
        if mustLogIn {
            answer(.loginRequired, server.phrases.loginRequired)
        } else {
            answer(.needName, server.phrases.needName)
        }
        closeWhenSent(bus)
    }

    /// Closes a silent connection at once, so that another can be accepted; what the socket does
    /// not take now is never sent.
    func closeToFreeCapacity(_ bus: isolated Bus) {
        server.port.log.debug(
            "closed \(peer), which had said nothing, to make room for another connection")
        awaitsGreeting = false
        answer(.full, server.phrases.full)
        closeWhenSent(bus)
        sendPending()
        close(bus)
    }

    /// Moves from a room that is closed to the first one, and tells only this client so.
    func leaveClosedRoom(_ bus: isolated Bus) {
        guard isOpen, let target = server.rooms.first else { return }
        let closed = roomReaders.room.name
        if slot == nil { roomReaders = target } else { move(to: target) }
        if let participant { bus.transfer(participant.presence, to: target.room) }
        answer(.info, server.phrases.roomIsClosed(closed, now: target.room.name))
    }

    /// Closes a connection that took too long to take what it was sent.
    func closeAsStalled(_ bus: isolated Bus) {
        server.port.log.debug("\(peer) is closed: it does not read what it is sent")
        close(bus)
    }
}
