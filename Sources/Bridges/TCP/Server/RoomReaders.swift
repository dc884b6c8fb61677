import Chat
import MessageBus

/// A room as a chat server sees it: the room, its transcript and who reads it.
///
/// Confined to the bus's loop.
final class RoomReaders {
    /// A connection's place among the readers.
    struct Slot {
        fileprivate var number: Int
        /// Where the room was when it began to read: a position in the room's log.
        let start: LogPosition
    }

    let room: Room
    private(set) var feed: RoomFeed?
    /// Whether readers that fall behind are carried on from the store.
    private var isStored = false
    private var readers: [ChatConnection] = []

    init(_ room: Room) { self.room = room }

    /// Opens the room for readers.
    ///
    /// - Parameter isStored: whether a store has what the transcript lets go.
    func open(_ feed: RoomFeed, isStored: Bool) {
        self.feed = feed
        self.isStored = isStored && feed.isRepeatable
    }

    /// Lets a connection read from now on.
    func admit(_ connection: ChatConnection) {
        guard let feed else { return }
        feed.catchUp()
        feed.readers += 1
        connection.slot = Slot(number: readers.count, start: room.log.end)
        readers.append(connection)
        connection.output.attach(to: feed.transcript, isCarriedOn: isStored)
    }

    /// Lets a connection read no more.
    func dismiss(_ connection: ChatConnection) {
        guard let number = connection.slot?.number else { return }
        feed?.readers -= 1
        // The last one takes its place.
        readers.swapAt(number, readers.count - 1)
        readers[number].slot?.number = number
        readers.removeLast()
        connection.slot = nil
    }

    /// Has every reader that keeps up send what is new.
    func pump() {
        for reader in readers where !reader.output.isHeldUp { reader.pump() }
    }
}
