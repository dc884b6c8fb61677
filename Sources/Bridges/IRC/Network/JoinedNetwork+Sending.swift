import IRC
import MessageBus
import Sockets

// The way out.
extension JoinedNetwork {
    /// Bytes assumed for the user and host in a prefix that is not known yet: the longest there
    /// are.
    private static let maxUserAndHost = 12 + 65

    /// The rules that lines have to keep to at present.
    private var rules: LineRules {
        let user = own.user.map(\.utf8.count)
        let host = own.host.map(\.utf8.count)
        let rest = user.flatMap { user in host.map { user + $0 + 2 } } ?? Self.maxUserAndHost
        return LineRules(
            // The colon in front, the space behind.
            prefixBytes: own.nick.utf8.count + rest + 2, capabilities: registration.capabilities,
            instance: port.instanceID, serverInstance: features.instance)
    }

    /// Sends what may go out now.
    func pump() {
        guard isRegistered, let connection, !connection.isFull else { return }
        collectArrived()
        let (lines, wait) = outbox.next(rules, now: loop.now)
        for line in lines { self.connection?.send(line) }
        let wanted = outbox.drainMarks()
        if !wanted.isEmpty {
            marks += wanted
            marking.send()
        }
        if let wait, let pumpTimer { loop.set(pumpTimer, after: max(wait, .milliseconds(1))) }
        let doubts = outbox.removeDoubts()
        if doubts > 0 {
            possibleDuplicates += doubts
            port.possibleDuplicates.add(UInt64(doubts))
            log.warning(
                """
                \(doubts) messages go out again, and may be there twice: nobody knows whether they had \
                arrived (possible duplicates so far: \(possibleDuplicates))
                """)
        }
        // Messages of which nothing goes out are done at once.
        collectArrived()
    }

    /// Returns the marks that are to be kept.
    func drainMarks() -> [SendMark] {
        defer { marks = [] }
        return marks
    }

    /// Sends the messages that waited for these marks to be stored.
    func recordKept(_ marks: [SendMark]) {
        for mark in marks { outbox.record(mark) }
        pump()
        confirmations.send()
    }

    /// Removes the messages that are done with from the queues.
    func collectArrived() {
        let done = outbox.removeDone()
        guard !done.isEmpty else { return }
        for (id, items) in done {
            arrived += items
            if items.contains(where: \.isDelivered) { recordSpoken(in: id) }
            for item in items { tellRefusal(of: item, in: id) }
            for case .digest(let lines) in items.map(\.content) {
                port.leftOut.add(UInt64(lines))
            }
        }
        arrivals.send()
        wakeSenders()
        if let pumpTimer { loop.set(pumpTimer, after: .zero) }
    }

    private func tellRefusal(of item: OutgoingItem, in id: String) {
        guard let refusal = item.refusal, let channel = channels[id] else { return }
        let message = item.delivery.message
        log.error("\(channel.name) does not take message #\(message.number): \(refusal)")
        say(phrases.channelRejects(channel.name, message.sender.name, refusal), in: channel)
    }

    // MARK: - For the senders

    /// Returns whether a message for a channel can be taken from its room: false if the bus stops
    /// first.
    nonisolated func waitForSpace(_ id: String) async throws -> Bool {
        while true {
            switch await state(of: id) {
            case .open: return true
            case .over: return false
            case .shut: try await space[id]?.wait()
            }
        }
    }

    /// The state of a channel for its sender.
    enum SenderState: Sendable {
        case open
        case shut
        case over
    }

    private func state(of id: String) -> SenderState {
        guard !isFinishing, let channel = channels[id], let queue = outbox.queues[id] else {
            return .over
        }
        let isHere = channel.isInside && connection != nil
        let isOpen = isHere && !channel.isMuted
        // Messages that wait stay in the store, for the next run.
        if isStopping, !isOpen { return .over }
        // The message behind a refused one shows whether the channel takes others.
        let needsNext = isHere && queue.items.count == 1
        return (isOpen || needsNext) && queue.hasRoom ? .open : .shut
    }

    /// Adds a message for a channel; one that is too old is only counted.
    func enqueue(_ content: OutgoingItem.Content, _ delivery: Delivery, for id: String) {
        var content = content
        if case .message(let message, _) = content, let limit = options.older,
            Self.isOld(message, limit, loop.wallTime)
        {
            content = .digest(lines: LineComposer.count(message))
        }
        var item = OutgoingItem(content, delivery)
        if case .message(let message, _) = content, message.number <= lastMarks[id] ?? 0 {
            // An earlier run may have said it.
            item.recordDoubt()
        }
        _ = outbox.withQueue(id) { $0.append(item) }
        if case .digest = content { return }
        pump()
    }

    /// Sends the line that stands for old messages, because no other old one follows.
    func closeDigest(of id: String) {
        _ = outbox.withQueue(id) { $0.closeDigest() }
        pump()
    }

    /// True if nothing is on its way any more, or nothing can be.
    var isSettled: Bool { connection == nil || !isRegistered || outbox.isConfirmed }

    /// Begins to stop.
    func beginStopping() {
        isStopping = true
        wakeSenders()
    }

    /// Sends nothing more; messages on their way may still be confirmed.
    func stopSending() {
        for id in channels.keys { _ = outbox.withQueue(id) { $0.isOpen = false } }
    }
}
