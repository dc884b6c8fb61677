import Chat
import MessageBus

// Closing a connection from here.
extension ChatConnection {
    /// Sends somebody away who takes too long to say who it is.
    func sendAway(_ bus: isolated Bus) {
        server.port.log.debug("\(peer) is closed: it has not said who it is in time")
        greet()
        answer(.needName, server.phrases.needName)
        finish(bus)
    }

    /// Makes room for somebody else at once, whatever it is owed.
    func giveWay(_ bus: isolated Bus) {
        server.port.log.debug("\(peer) gives way: it has said nothing, and there is no room")
        isHeldBack = false
        answer(.full, server.phrases.full)
        finish(bus)
        pump()
        close(bus)
    }

    /// Closes a connection that takes too long to take what it was sent.
    func closeAsStalled(_ bus: isolated Bus) {
        server.port.log.debug("\(peer) is closed: it does not read what it is sent")
        close(bus)
    }
}
