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
    private(set) var position: LogPosition
    /// Messages handed out.
    private(set) var delivered: UInt64 = 0
    /// Messages that were gone before it came to them.
    private(set) var skipped: UInt64 = 0
    private var missed: UInt64 = 0
    private var mailbox: [Message] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private(set) var isCancelled = false
    /// The number of the newest message it has looked at, or of one before all it is to be given.
    private(set) var lastNumber: UInt64 = 0
    /// Whether what the room no longer keeps is read from the store.
    private(set) var readsStore = false
    /// How large the room's log may grow, in bytes, before it lets go of what comes next.
    private(set) var held = 0
    /// Whether the bridge only brings in: it is given nothing but the end.
    var isMuted = false

    /// Private messages that wait for a reader, at most; the oldest go.
    static let mailboxBound = 256

    init(room: Room, bridge: String, channel: String?, outgoing: Chain, position: LogPosition) {
        self.room = room
        self.bridge = bridge
        self.channel = channel
        self.outgoing = outgoing
        self.position = position
    }

    /// Has the room's log grow up to a size before it lets go of what comes next, and what it has
    /// let go of be read from the store.
    ///
    /// - Parameter number: what is in the store behind it comes next.
    func hold(upTo bytes: Int, after number: UInt64) {
        held = bytes
        readsStore = true
        lastNumber = number
    }

    /// Whether the room has let go of what comes next.
    var isBehind: Bool { position < room.log.start }

    /// Whether there is nothing to read at present.
    var isUpToDate: Bool { position == room.log.end && mailbox.isEmpty }

    /// Takes what there is, up to a number of messages looked at.
    ///
    /// What the reader brought itself or its chain drops is passed over, so the result can be empty
    /// before the end.
    func take(atMost count: Int) -> [Message] {
        if position < room.log.start {
            let count = UInt64(room.log.start - position)
            skipped += count
            missed += count
            position = room.log.start
        }
        if isMuted {
            delivered += UInt64(room.log.end - position)
            position = room.log.end
            mailbox = []
            return []
        }
        let found = room.log.messages(from: position, atMost: count)
        position += found.count
        delivered += UInt64(found.count)
        if let last = found.last { lastNumber = last.number }
        var result = fit(found)
        if isUpToDateButMail {
            result += outgoing.isEmpty ? mailbox : outgoing.judge(mailbox)
            mailbox = []
        }
        noteMissed(in: &result)
        return result
    }

    /// Takes what the store had of messages that the room no longer keeps.
    ///
    /// - Parameters:
    ///   - number: up to which number it was asked.
    ///   - place: the position that is reached, if that was all: what the store had not is missed.
    func readOn(_ found: [Message], through number: UInt64, to place: LogPosition?) -> [Message] {
        position += found.count
        delivered += UInt64(found.count)
        lastNumber = max(lastNumber, number)
        if let place, position < place {
            skipped += UInt64(place - position)
            missed += UInt64(place - position)
            position = place
        }
        var result = isMuted ? [] : fit(found)
        noteMissed(in: &result)
        return result
    }

    /// What concerns the reader, as its chain leaves it.
    private func fit(_ found: [Message]) -> [Message] {
        let foreign = found.filter { $0.isFor(bridge, channel: channel) }
        return outgoing.isEmpty
            ? foreign : outgoing.judge(foreign, original: room.log.message(numbered:))
    }

    private func noteMissed(in messages: inout [Message]) {
        guard missed > 0, !messages.isEmpty else { return }
        messages[0].missed = missed
        missed = 0
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
