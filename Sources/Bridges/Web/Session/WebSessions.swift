import MessageBus
import Sockets

/// The sessions that are here: those with a page, and those whose last page has just gone.
///
/// Confined to the bus's loop, which `WebSession` checks.
final class WebSessions {
    private var sessions: [SessionID: WebSession] = [:]
    /// The private messages of the last day, including those of sessions that have left.
    var recentPrivateMessages = RecentPrivateMessages()

    /// All of them, in no order.
    var all: [WebSession] { Array(sessions.values) }

    /// Returns a session, which is made if it is new.
    func session(
        _ id: SessionID, of server: WebServer, from address: ClientAddress, _ bus: isolated Bus
    ) -> WebSession {
        if let known = sessions[id] { return known }
        let session = WebSession(id, of: server, from: address, bus)
        sessions[id] = session
        return session
    }

    /// Forgets a session, which has left all rooms.
    func remove(_ session: WebSession) {
        if sessions[session.id] === session { sessions[session.id] = nil }
    }
}
