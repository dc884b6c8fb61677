import Chat
import IRC
import MessageBus
import Sockets

/// The outgoing half of a client.
typealias IRCStream = RoomStream<ChannelForm>

/// A room as clients of one form read it: encoded once for all of them.
///
/// Confined to the bus's loop.
final class ChannelForm: RoomForm, @unchecked Sendable {  // touched on the loop only
    let feed: RoomFeed
    let encoder: ChannelEncoder
    /// False if it is one client's alone.
    let isShared: Bool
    let isStored: Bool
    private unowned let network: ServedNetwork
    var readers: [IRCStream] = []

    init(
        _ feed: RoomFeed, _ encoder: ChannelEncoder, isShared: Bool, isStored: Bool,
        of network: ServedNetwork
    ) {
        self.network = network
        self.feed = feed
        self.encoder = encoder
        self.isShared = isShared
        self.isStored = isStored
    }

    /// True if something was said that is not encoded yet, or not looked at.
    var hasNews: Bool { feed.room.isDirty }

    /// Encodes what was said since the last call, and has readers pass over the lines that they
    /// don't want.
    func catchUp() {
        network.loop.assertOwned()
        feed.catchUp()
        passOver()
    }

    private func passOver() {
        feed.transcript.drainRuns { run in
            network.client(run.connectionID)?.stream.passOver(run, in: feed.transcript)
        }
        for line in encoder.drainPersonLines() {
            for reader in readers where !network.recordTold(line.key, to: reader.connectionID) {
                reader.passOver(line.run, in: feed.transcript)
            }
        }
    }

    /// Sends the new lines to every reader that keeps up.
    func sendPending() {
        network.loop.assertOwned()
        passOver()
        for reader in readers where !reader.isBlocked { reader.sendPending() }
    }

    /// Returns the line that tells a client how many lines of the room were left out.
    func skipNotice(_ count: Int) -> [UInt8] {
        if count == 0 { return [] }
        let phrases = network.phrases
        let text = phrases.answer(.skipped, phrases.skipped(count))
        let notice = IRCMessage(
            "NOTICE", ["#\(feed.room.name)", text], from: IRCSource(nick: network.name))
        return encoder.form.transport.framed(notice.bytes)
    }

    /// Removes the form from its network.
    func lastReaderLeft() { network.remove(self) }
}
