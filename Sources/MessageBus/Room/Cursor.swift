/// A reader's position in a room.
///
/// Confined to the bus's loop.
package final class Cursor {
    let room: Room
    /// The bridge that reads: it is not handed what it brought itself.
    let bridge: String
    /// The remote chat that reads, for bridges that have several.
    let channel: String?
    let outgoing: Chain
    private(set) var position: UInt64
    /// Messages handed out.
    private(set) var delivered: UInt64 = 0
    /// Messages that were gone before it came to them.
    private(set) var skipped: UInt64 = 0
    private var missed: UInt64 = 0
    private var mailbox: [Message] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private(set) var isCancelled = false
    /// Whether the bridge only brings in: it is given nothing but the end.
    var isMuted = false

    /// Private messages that wait for a reader, at most; the oldest go.
    static let mailboxBound = 256

    init(room: Room, bridge: String, channel: String?, outgoing: Chain, position: UInt64) {
        self.room = room
        self.bridge = bridge
        self.channel = channel
        self.outgoing = outgoing
        self.position = position
    }

    /// Whether there is nothing to read at present.
    var isUpToDate: Bool { position == room.log.end && mailbox.isEmpty }

    /// Takes what there is, up to a number of messages looked at.
    ///
    /// What the reader brought itself or its chain drops is passed over, so the result can be empty
    /// before the end.
    func take(atMost count: Int) -> [Message] {
        if position < room.log.start {
            skipped += room.log.start - position
            missed += room.log.start - position
            position = room.log.start
        }
        if isMuted {
            delivered += room.log.end - position
            position = room.log.end
            mailbox = []
            return []
        }
        let found = room.log.messages(from: position, atMost: count)
        position += UInt64(found.count)
        delivered += UInt64(found.count)
        var result = found.filter { !$0.isFrom(bridge, channel: channel) }
        if !outgoing.isEmpty {
            result = outgoing.judge(result, original: room.log.message(numbered:))
        }
        if isUpToDateButMail {
            result += outgoing.isEmpty ? mailbox : outgoing.judge(mailbox)
            mailbox = []
        }
        if missed > 0, !result.isEmpty {
            result[0].missed = missed
            missed = 0
        }
        return result
    }

    private var isUpToDateButMail: Bool { position == room.log.end && !mailbox.isEmpty }

    func wait(_ continuation: CheckedContinuation<Void, Never>) {
        waiter = continuation
    }

    func wake() {
        waiter?.resume()
        waiter = nil
    }

    func cancel() {
        isCancelled = true
        room.remove(self)
        wake()
    }
}

extension Cursor {
    /// Keeps a private message for the reader.
    func deliver(_ message: Message) {
        if mailbox.count == Self.mailboxBound { mailbox.removeFirst() }
        mailbox.append(message)
        wake()
    }
}
