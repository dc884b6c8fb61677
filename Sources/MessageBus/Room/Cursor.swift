/// A reader's position in a room.
///
/// Confined to the bus's loop.
package final class Cursor {
    let room: Room
    /// The bridge that reads: it is not given messages that it brought itself.
    let bridge: String
    /// The remote chat that reads, for bridges that have several.
    let channel: String?
    let outgoing: Chain
    private(set) var position: LogPosition
    /// Number of messages handed out.
    private(set) var delivered: UInt64 = 0
    /// Number of messages that were gone before the reader came to them.
    private(set) var skipped: UInt64 = 0
    private var missed: UInt64 = 0
    private var pendingPrivateMessages: [Message] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private(set) var isCancelled = false
    /// The number of the newest message read, or a number before all messages to be given.
    private(set) var lastNumber: MessageNumber = 0
    /// True if messages that the room no longer keeps are read from the store.
    private(set) var readsStore = false
    /// Size in bytes up to which the room's log may grow before it lets go of the reader's next
    /// message.
    private(set) var held = 0
    /// The position at which the reader is done, once its bridge ends alone.
    private var endPosition: LogPosition?
    /// Sent when the reader has read everything and waits for more.
    let idle: BroadcastSignal?
    /// True if the bridge only brings in: it is given nothing but the end.
    var discardsAll = false
    /// The counters of the bridge; `nil` where nobody counts.
    var statistics: BridgeStatistics?
    /// True if what it is given counts as delivered only once it is acknowledged.
    var isDurable = false
    /// The progress of a reader that acknowledges what it is given.
    var progress: DeliveryProgress?

    /// The most private messages that wait for a reader; the oldest go.
    static let maxPendingPrivateMessages = 256

    init(
        room: Room, bridge: String, channel: String?, outgoing: Chain, position: LogPosition,
        idle: BroadcastSignal? = nil
    ) {
        self.idle = idle
        self.room = room
        self.bridge = bridge
        self.channel = channel
        self.outgoing = outgoing
        self.position = position
    }

    /// Lets the room's log grow up to a size before it lets go of the reader's next message, and
    /// has the reader read on from the store after that.
    ///
    /// - Parameter number: the message after which the reader continues when it reads from the
    ///   store.
    func hold(upTo bytes: Int, after number: MessageNumber) {
        held = bytes
        readsStore = true
        lastNumber = number
    }

    /// True if the room has let go of the reader's next message.
    var isBehind: Bool { position < room.log.start }

    /// The place for a reader that goes on from here.
    var place: ReaderPosition { ReaderPosition(position: position, lastNumber: lastNumber) }

    /// True if the reader's bridge ends, and the reader has come as far as it should.
    var isAtEnd: Bool { endPosition.map { position >= $0 } ?? false }

    /// Ends the reading at once, or when everything that is there by now is read.
    func end(afterRest: Bool) {
        endPosition = afterRest ? room.log.end : position
        wake()
    }

    /// True if there is nothing to read at present.
    var isUpToDate: Bool { position == room.log.end && pendingPrivateMessages.isEmpty }

    /// Returns the next messages, looking at no more than `count`, and moves past them.
    ///
    /// Messages that the reader brought itself or its chain drops are passed over, so the result
    /// can be empty before the end.
    func readMessages(atMost count: Int) -> [Message] {
        room.owner.assertOwned()
        if position < room.log.start {
            let count = UInt64(room.log.start - position)
            skip(count)
            position = room.log.start
        }
        if discardsAll {
            delivered += UInt64(room.log.end - position)
            position = room.log.end
            pendingPrivateMessages = []
            return []
        }
        let found = room.log.messages(from: position, atMost: count)
        position += found.count
        delivered += UInt64(found.count)
        if let last = found.last { lastNumber = last.number }
        var result = fit(found)
        if owesOnlyPrivateMessages {
            result +=
                outgoing.isEmpty ? pendingPrivateMessages : outgoing.judge(pendingPrivateMessages)
            pendingPrivateMessages = []
        }
        recordMissed(in: &result)
        recordDelivery(of: result)
        return result
    }

    /// Returns messages from the store that the room no longer keeps, and moves past them.
    ///
    /// - Parameters:
    ///   - number: the number up to which the store was asked.
    ///   - place: the position to continue at if these were all; messages that the store did not
    ///     have are counted as missed.
    func readStored(_ found: [Message], through number: MessageNumber, to place: LogPosition?)
        -> [Message]
    {
        position += found.count
        delivered += UInt64(found.count)
        lastNumber = max(lastNumber, number)
        if let place, position < place {
            skip(UInt64(place - position))
            position = place
        }
        var result = discardsAll ? [] : fit(found)
        recordMissed(in: &result)
        recordDelivery(of: result)
        return result
    }

    private func skip(_ count: UInt64) {
        skipped += count
        missed += count
        if !discardsAll { statistics?.skipped += count }
    }

    private func recordDelivery(of messages: [Message]) {
        guard !isDurable, let statistics else { return }
        // By index: an element that a closure is given is a copy, which counts references.
        let count = messages.indices.count { messages[$0].kind != .deletion }
        statistics.deliveries += UInt64(count)
    }

    /// Returns the messages that concern the reader, as its chain leaves them.
    private func fit(_ found: [Message]) -> [Message] {
        // A copy of the list is made only if something has to be left out, which is rare.
        let isWhole = found.indices.allSatisfy { found[$0].isFor(bridge, channel: channel) }
        let foreign = isWhole ? found : found.filter { $0.isFor(bridge, channel: channel) }
        return outgoing.isEmpty
            ? foreign : outgoing.judge(foreign, original: room.log.message(numbered:))
    }

    private func recordMissed(in messages: inout [Message]) {
        guard missed > 0, !messages.isEmpty else { return }
        messages[0].missed = missed
        missed = 0
    }

    private var owesOnlyPrivateMessages: Bool {
        position == room.log.end && !pendingPrivateMessages.isEmpty
    }

    func wait(_ continuation: CheckedContinuation<Void, Never>) {
        room.owner.assertOwned()
        waiter = continuation
        idle?.send()
    }

    /// True if the reader has read everything and waits for more.
    var isIdle: Bool { waiter != nil && isUpToDate }

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
    /// Returns the texts and corrections that are still to be read.
    func waiting(at now: Timestamp) -> WaitingMessages {
        var waiting = WaitingMessages(
            channel: channel ?? room.name, count: pendingPrivateMessages.count, age: .zero)
        if discardsAll { return waiting }
        waiting.count += max(0, room.log.start - min(room.log.start, position))
        var oldest = pendingPrivateMessages.first?.time
        room.log.forEachText(from: position, for: bridge, channel: channel) { header in
            oldest = min(oldest ?? header.time, header.time)
            waiting.count += 1
        }
        if let (count, first) = progress?.unacknowledged, count > 0 {
            waiting.count += count
            oldest = first ?? oldest
        }
        waiting.age = oldest.map { max(.zero, now - $0) } ?? .zero
        return waiting
    }

    /// Keeps a private message for the reader.
    func deliver(_ message: Message) {
        room.owner.assertOwned()
        if pendingPrivateMessages.count == Self.maxPendingPrivateMessages {
            pendingPrivateMessages.removeFirst()
        }
        pendingPrivateMessages.append(message)
        wake()
    }

    /// Removes and returns the private messages that wait.
    func removePrivateMessages() -> [Message] {
        room.owner.assertOwned()
        defer { pendingPrivateMessages = [] }
        return pendingPrivateMessages
    }
}
