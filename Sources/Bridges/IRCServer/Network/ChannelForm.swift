import Chat
import MessageBus

/// A room as clients of one form read it: encoded once for all of them.
///
/// Confined to the bus's loop.
final class ChannelForm: @unchecked Sendable {  // touched on the loop only
    let feed: RoomFeed
    let encoder: ChannelEncoder
    /// False if it is one client's alone.
    let isShared: Bool
    private let isStored: Bool
    private unowned let network: IRCNetwork
    private(set) var readers: [IRCStream] = []

    init(
        _ feed: RoomFeed, _ encoder: ChannelEncoder, isShared: Bool, isStored: Bool,
        of network: IRCNetwork
    ) {
        self.network = network
        self.feed = feed
        self.encoder = encoder
        self.isShared = isShared
        self.isStored = isStored
    }

    /// True if something was said that is not encoded yet, or not looked at.
    var hasNews: Bool { feed.room.isDirty }

    /// Adds a reader at the present end, and returns its cursor and its place among the readers.
    func attach(_ stream: IRCStream) -> (cursor: TranscriptCursor, slot: Int) {
        if !readers.isEmpty { catchUp() }
        readers.append(stream)
        return (feed.attachReader(after: nil, isStored: isStored), readers.count - 1)
    }

    /// Removes a reader.
    func detach(slot: Int) {
        feed.detachReader()
        // The last reader moves into the free slot.
        readers.swapAt(slot, readers.count - 1)
        if slot < readers.count - 1 { readers[slot].setSlot(slot, in: self) }
        readers.removeLast()
    }

    /// Encodes what was said since, and finds who does not want which of its lines.
    func catchUp() {
        feed.catchUp()
        passOver()
    }

    private func passOver() {
        feed.transcript.drainRuns { run in
            network.client(run.connectionID)?.stream.passOver(run, in: self)
        }
        for line in encoder.takePersonLines() {
            for reader in readers where !reader.recordTold(line.key) {
                reader.passOver(line.run, in: self)
            }
        }
    }

    /// Sends the new lines to every reader that keeps up.
    func sendPending() {
        passOver()
        for reader in readers where !reader.isBlocked { reader.sendPending() }
    }
}
