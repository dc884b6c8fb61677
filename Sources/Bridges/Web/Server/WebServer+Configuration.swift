import Chat
import MessageBus
import Sockets

extension WebServer: ListeningServer {
    /// The watch of the certificate.
    var certificateWatches: [CertificateWatch] { certificateWatch.map { [$0] } ?? [] }
}

// What a new configuration changes while the server runs.
extension WebServer {
    /// Adopts the limits of other options.
    func adjust(to new: Web.Options) {
        loop.assertOwned()
        options.maxConnections = new.maxConnections
        options.maxPerAddress = new.maxPerAddress
        options.stalledAfter = new.stalledAfter
        streams.stalled.setTimeout(new.stalledAfter)
        http?.adjust(
            maxConnections: new.maxConnections, maxPerAddress: new.maxPerAddress,
            stalledAfter: new.stalledAfter)
    }

    /// Uses the rooms and chains of the new configuration; people in a room that is closed go to
    /// the first one.
    func useConfiguration(_ bus: isolated Bus) {
        textLimit = TextLimit(of: port.attachment, on: bus)
        let before = rooms
        rooms = []
        for room in bus.rooms {
            rooms.append(before.first { $0.room === room } ?? open(room, bus))
        }
        for closed in before where closed.room.isClosed { close(closed, bus) }
        guard before.map(\.room.name) != rooms.map(\.room.name) else { return }
        // The name message includes the list of rooms.
        for client in clients.values { client.tellName() }
    }

    private func close(_ closed: WebRoom, _ bus: isolated Bus) {
        guard let target = rooms.first else { return }
        let notice = ServerMessage.info(
            phrases.roomIsClosed(closed.room.name, now: target.room.name))
        for session in sessions.all { session.leaveClosedRoom(closed.room, for: target.room, bus) }
        for client in clients.values where client.stream.reads(closed.room) {
            client.stream.send(notice, behind: closed.room)
            client.stream.stopReading(closed.room)
            client.read(target)
        }
        for stream in Array(eventStreams.values) where stream.stream.reads(closed.room) {
            stream.end()
        }
        closed.close()
    }
}
