import Chat
import MessageBus
import Sockets

/// A room as a chat server sees it: the room, its transcript, and the connections that read it.
///
/// Confined to the bus's loop.
final class RoomReaders {
    /// A connection's place among the readers.
    struct Slot {
        fileprivate var number: Int
        /// The position in the room's log at which the connection began to read.
        let start: LogPosition
    }

    let room: Room
    private(set) var feed: RoomFeed?
    /// True if readers that fall behind go on from the store.
    private var isStored = false
    private var readers: [ChatConnection] = []

    init(_ room: Room) { self.room = room }

    /// Opens the room for readers.
    ///
    /// - Parameter isStored: whether a store has what the transcript no longer holds.
    func open(_ feed: RoomFeed, isStored: Bool) {
        self.feed = feed
        self.isStored = isStored && feed.isRepeatable
    }

    /// Adds a connection, which reads from now on.
    func attach(_ connection: ChatConnection) {
        connection.server.loop.assertOwned()
        guard let feed else { return }
        feed.catchUp()
        feed.readers += 1
        connection.slot = Slot(number: readers.count, start: room.log.end)
        readers.append(connection)
        connection.output.attach(to: feed.transcript, isStoreBacked: isStored)
    }

    /// Removes a connection.
    func detach(_ connection: ChatConnection) {
        connection.server.loop.assertOwned()
        guard let number = connection.slot?.number else { return }
        feed?.readers -= 1
        // The last reader moves into the free slot.
        readers.swapAt(number, readers.count - 1)
        readers[number].slot?.number = number
        readers.removeLast()
        connection.slot = nil
    }

    /// The positions of the readers.
    var cursors: some Sequence<TranscriptCursor> { readers.lazy.compactMap { $0.output.cursor } }

    /// Sends the new lines to every reader that keeps up.
    func sendPending() {
        for reader in readers where !reader.output.isHeldUp { reader.sendPending() }
    }
}
