import Chat
import MessageBus
import Sockets

extension ChatServer: ListeningServer {
    /// The watch of the certificate.
    var certificateWatches: [CertificateWatch] { certificateWatch.map { [$0] } ?? [] }
}

// What a new configuration changes while the server runs.
extension ChatServer {
    /// Adopts the limits of other options.
    func adjust(to new: TCP.Options) {
        loop.assertOwned()
        // All else is as it was: what is not in `adjustableOptions` restarts the bridge.
        options = new
        commandRule = CommandBucket.Rule(new.commands)
        stalled.setTimeout(new.stalledAfter)
        lists.setBound(new.lists.bytes)
        chatListener.adjust(to: new.listenerSettings)
        unnamed.setTimeout(nameTimeout, connections.values.filter(\.isNameless))
        for connection in connections.values { connection.input.setLongest(new.maxLine.bytes) }
    }

    /// Uses the rooms of the new configuration; people in a room that is closed go to the first
    /// one.
    func useRooms(_ bus: isolated Bus) {
        let before = rooms
        rooms = bus.rooms.map { room in
            if let known = before.first(where: { $0.room === room }) { return known }
            let readers = RoomReaders(room)
            if port.direction != .in { open(readers, bus) }
            return readers
        }
        for readers in before where readers.room.isClosed {
            for connection in connections.values where connection.roomReaders === readers {
                connection.leaveClosedRoom(bus)
            }
            if let feed = readers.feed { readers.room.remove(feed) }
        }
    }
}
