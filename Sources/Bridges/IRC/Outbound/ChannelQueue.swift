import MessageBus

/// The messages that are on their way to one channel, in order.
struct ChannelQueue: Sendable {
    /// Messages that are taken from the room before the first of them is confirmed.
    static let maxItems = 64

    /// The channel's name.
    let channel: String
    var items: [OutgoingItem] = []
    /// True if lines may go out: the channel is joined and takes them.
    var isOpen = false
    /// Lines that the server has refused since the last answer to a PING.
    var refusals = 0
    /// True if one line at a time goes out, to find the one that the server never takes.
    var isCareful = false
    /// True while a later message is tried, to find out whether the channel refuses the first one
    /// only.
    var isProbing = false

    /// The last message that the store knows may have gone out; `nil` if the store need not know.
    var lastKept: MessageNumber?
    /// The last message that the store has been asked to record in that way.
    private var lastWanted: MessageNumber = 0
    private var hasNewWish = false

    /// The number of messages that the store records at once, so that a burst does not wait for
    /// each.
    private static let keptAtOnce = 4

    init(_ channel: String) { self.channel = channel }

    // MARK: - What may have gone out

    /// True if something waits until the store knows that it may have gone out.
    var isWaitingForStore: Bool { isOpen && lastKept.map { lastWanted > $0 } == true }

    /// Returns whether a message may go out; if not, the store must record first that it may.
    mutating func mayGoOut(_ item: Int) -> Bool {
        guard let lastKept, case .message(let message, _) = items[item].content,
            message.number > lastKept
        else { return true }
        guard message.number > lastWanted else { return false }
        hasNewWish = true
        for item in items[item...].prefix(Self.keptAtOnce) {
            if case .message(let message, _) = item.content { lastWanted = message.number }
        }
        return false
    }

    /// Returns, once, the last message that is to be recorded in the store; `nil` if there is none.
    mutating func removeLastWanted() -> MessageNumber? {
        defer { hasNewWish = false }
        return hasNewWish ? lastWanted : nil
    }

    // MARK: - Waiting messages

    /// True if there is space for another message.
    var hasRoom: Bool { items.count < Self.maxItems }

    /// Adds a message.
    mutating func append(_ item: OutgoingItem) {
        if let last = items.indices.last, items[last].isOpen {
            switch (items[last].content, item.content) {
            case (.digest(let count), .digest(let more)):
                items[last].content = .digest(lines: count + more)
                items[last].delivery = item.delivery
                return
            case (.digest, .nothing):
                items[last].delivery = item.delivery
                return
            default: items[last].isOpen = false
            }
        }
        items.append(item)
    }

    /// Closes a digest: no other old message follows.
    mutating func closeDigest() {
        if let last = items.indices.last { items[last].isOpen = false }
    }

    /// Replaces messages at the front that have become too old by one line.
    ///
    /// - Parameter isOld: returns whether a message is too old.
    mutating func leaveOutOld(_ isOld: (Message) -> Bool) {
        var count = 0
        var taken = 0
        var lines = 0
        for item in items {
            guard item.isUntouched else { break }
            switch item.content {
            case .message(let message, _) where isOld(message):
                lines += LineComposer.count(message)
                count += 1
            case .digest(let more): lines += more
            case .nothing: break
            default: return replace(taken, by: lines, count)
            }
            taken += 1
        }
        replace(taken, by: lines, count)
    }

    private mutating func replace(_ taken: Int, by lines: Int, _ count: Int) {
        guard count > 0 else { return }
        var digest = OutgoingItem(.digest(lines: lines), items[taken - 1].delivery)
        digest.isOpen = taken == items.count && items[taken - 1].isOpen
        items.replaceSubrange(..<taken, with: [digest])
    }

    /// The index of the message of which something is sent next; `nil` if none waits.
    var nextItem: Int? {
        let waiting = items.indices.lazy.filter { [items] index in
            !items[index].isOpen && items[index].units.contains { $0.state == .waiting }
        }
        guard isProbing else { return waiting.first }
        return waiting.dropFirst().first
    }

    /// The first message that the channel has refused, of those that wait.
    var nextRefused: Int? {
        items.firstIndex { item in
            item.refusals > 0 && item.units.contains { $0.state == .waiting }
        }
    }

    /// Returns the index of the message that a sent unit belongs to.
    func item(ofUnit number: Int) -> Int? {
        items.firstIndex { $0.units.contains { $0.state == .sent(number) } }
    }

    /// Records a message that the server does not take as done with.
    mutating func giveUp(_ item: Int, unit number: Int, _ reason: String) {
        for index in items[item].units.indices
        where items[item].units[index].state == .sent(number) {
            items[item].units[index].state = .confirmed
        }
        items[item].refusal = reason
        items[item].isOnLastTry = false
        isCareful = items.contains(where: \.isOnLastTry)
    }

    /// Has everything that is not confirmed sent again.
    mutating func reset() {
        (refusals, isProbing) = (0, false)
        for index in items.indices { items[index].reset() }
    }

    /// Has what was sent and is not confirmed sent again on the same connection.
    mutating func requeue(upTo number: Int, hasDoubt: Bool) {
        for index in items.indices {
            for unit in items[index].units.indices {
                guard case .sent(let sent) = items[index].units[unit].state, sent <= number else {
                    continue
                }
                items[index].units[unit].state = .waiting
                if hasDoubt { items[index].recordDoubt() }
            }
        }
    }

    /// Removes and returns the items at the front that are done.
    mutating func removeDone() -> [OutgoingItem] {
        let count = items.prefix { $0.isDone }.count
        defer { items.removeFirst(count) }
        return Array(items.prefix(count))
    }
}
