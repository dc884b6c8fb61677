import IRC
import MessageBus
import TimeUnits

/// The outgoing half of the bridge, which chooses what is sent next and when, and knows what has
/// arrived.
///
/// A line has arrived when it comes back (`echo-message`), or when a PING that was sent behind it
/// is answered and the server has not refused it before. Owned by the network's actor.
struct IRCOutbox: Sendable {
    /// A unit on its way.
    private struct Sent: Sendable {
        let number: Int
        let channel: String
        let texts: [String]
        let time: MonotonicTime
    }

    /// A PING on its way.
    private struct Barrier: Sendable {
        let number: Int
        let time: MonotonicTime
    }

    let composer: LineComposer
    private(set) var queues: [String: ChannelQueue] = [:]
    private var order: [String] = []
    private(set) var bucket: FloodBucket
    private var sent: [Sent] = []
    private var barrier: Barrier?
    private var lastNumber = 0
    private var lastBarrier = 0
    private var window = maxWindow
    /// Messages that may have arrived more than once since this was last asked.
    private(set) var doubts = 0

    /// The most units on their way.
    private static let maxWindow = 32
    /// The number of units after which a PING is sent in any case.
    private static let maxUnasked = 8
    /// The time after which a PING goes out behind a line: with and without echo.
    private static let timeout: (echo: Duration, silent: Duration) = (.seconds(3), .seconds(1))
    /// The beginning of the words of those PINGs.
    static let pingPrefix = "puente-"

    /// Makes an empty outbox.
    init(_ composer: LineComposer, channels: [(id: String, name: String)], bucket: FloodBucket) {
        self.composer = composer
        self.bucket = bucket
        for (id, name) in channels {
            queues[id] = ChannelQueue(name)
            order.append(id)
        }
    }

    /// The time at which the unanswered PING was sent; `nil` if there is none.
    var unansweredSince: MonotonicTime? { barrier?.time }
    /// True if nothing waits and nothing is on its way.
    var isEmpty: Bool { queues.values.allSatisfy(\.items.isEmpty) }
    /// True if nothing is on its way, or about to be.
    var isConfirmed: Bool {
        sent.isEmpty && !queues.values.contains(where: \.isWaitingForStore)
    }

    /// Returns the queue of a channel for a change.
    mutating func withQueue<Result>(
        _ id: String, _ body: (inout ChannelQueue) -> Result
    ) -> Result? {
        guard var queue = queues.removeValue(forKey: id) else { return nil }
        defer { queues[id] = queue }
        return body(&queue)
    }

    /// Returns and forgets the number of messages that may have arrived twice.
    mutating func removeDoubts() -> Int {
        defer { doubts = 0 }
        return doubts
    }

    // MARK: - Out

    /// Returns the marks that have to be kept before more goes out.
    mutating func drainMarks() -> [SendMark] {
        order.compactMap { id in
            withQueue(id) { $0.removeLastWanted() }?.map { SendMark(id, last: $0) }
        }
    }

    /// Records that a mark is kept.
    mutating func record(_ mark: SendMark) {
        _ = withQueue(mark.channel) { $0.lastKept = max($0.lastKept ?? 0, mark.last) }
    }

    /// Returns the lines that go out now, and the time after which there may be more.
    mutating func next(_ rules: LineRules, now: MonotonicTime) -> (
        lines: [IRCMessage], wait: Duration?
    ) {
        var lines: [IRCMessage] = []
        var wait: Duration?
        while sent.count < window, let id = nextChannel(rules) {
            let pause = bucket.wait(now)
            if pause > .zero {
                wait = pause
                break
            }
            lines += send(from: id, rules, now)
        }
        if let ping = ping(rules, isIdle: wait == nil, now) { lines.append(ping) }
        return (lines, wait)
    }

    /// Returns the channel whose turn it is; the next one in the order if several have something.
    private mutating func nextChannel(_ rules: LineRules) -> String? {
        for (index, id) in order.enumerated() {
            guard var queue = queues[id], queue.isOpen else { continue }
            if queue.isCareful, sent.contains(where: { $0.channel == id }) { continue }
            for item in queue.items.indices where !queue.items[item].isOpen {
                queue.items[item].compose(for: queue.channel, rules, composer)
            }
            let mayGoOut = queue.nextItem.map { queue.mayGoOut($0) } ?? false
            queues[id] = queue
            guard mayGoOut else { continue }
            order.remove(at: index)
            order.append(id)
            return id
        }
        return nil
    }

    private mutating func send(from id: String, _ rules: LineRules, _ now: MonotonicTime)
        -> [IRCMessage]
    {
        guard let queue = queues[id], let item = queue.nextItem,
            let unit = queue.items[item].units.firstIndex(where: { $0.state == .waiting })
        else { return [] }
        lastNumber += 1
        if queues[id]?.items[item].removeDoubt() == true { doubts += 1 }
        queues[id]?.items[item].units[unit].state = .sent(lastNumber)
        let texts = queue.items[item].units[unit].texts
        var lines = queue.items[item].units[unit].lines
        sent.append(Sent(number: lastNumber, channel: id, texts: texts, time: now))
        if rules.capabilities.hasLabels { lines[0].tags["label"] = "\(lastNumber)" }
        bucket.spend(lines.count, now)
        return lines
    }

    /// Returns the PING that asks whether what went out has arrived, if it is time for one.
    private mutating func ping(_ rules: LineRules, isIdle: Bool, _ now: MonotonicTime)
        -> IRCMessage?
    {
        let unasked = sent.filter { $0.number > lastBarrier }
        guard barrier == nil, let oldest = unasked.first else { return nil }
        let hasEcho = rules.capabilities.hasEcho
        let age = now - oldest.time
        let isHeld = queues.values.contains { $0.refusals > 0 }
        guard
            isHeld || unasked.count >= Self.maxUnasked
                || age >= (hasEcho ? Self.timeout.echo : Self.timeout.silent)
                || isIdle && !hasEcho
        else { return nil }
        barrier = Barrier(number: lastNumber, time: now)
        lastBarrier = lastNumber
        bucket.spend(1, now)
        return IRCMessage("PING", ["\(Self.pingPrefix)\(lastNumber)"])
    }

    // MARK: - Arrived, or not

    /// Records that something of ours has come back.
    ///
    /// - Parameters:
    ///   - label: the label that it was sent with, if the server has labels.
    ///   - texts: the texts of it.
    ///   - remoteID: the server's name for it.
    mutating func confirm(
        _ label: String?, in id: String, texts: [String], remoteID: String?
    ) {
        let number = label.flatMap { Int($0) }
        let index =
            sent.firstIndex { $0.number == number && $0.channel == id }
            ?? sent.firstIndex { $0.channel == id && $0.texts == texts }
            // The server may change what it passes on.
            ?? sent.firstIndex { $0.channel == id && !$0.texts.isEmpty }
        guard let index else { return }
        confirm(sent.remove(at: index), as: remoteID)
    }

    private mutating func confirm(_ unit: Sent, as remoteID: String?) {
        _ = withQueue(unit.channel) { queue in
            if let item = queue.item(ofUnit: unit.number) {
                (queue.items[item].refusals, queue.items[item].isOnLastTry) = (0, false)
            }
            if queue.isProbing, let first = queue.nextRefused {
                queue.items[first].isOnLastTry = true
            }
            queue.isProbing = false
            queue.isCareful = queue.items.contains(where: \.isOnLastTry)
            for item in queue.items.indices {
                for index in queue.items[item].units.indices
                where queue.items[item].units[index].state == .sent(unit.number) {
                    queue.items[item].units[index].state = .confirmed
                    if let remoteID { queue.items[item].remoteIDs.append(remoteID) }
                }
            }
        }
        window = min(window + 1, Self.maxWindow)
        bucket.recover()
    }

    /// Records the answer to a PING; returns false if it is not one of the outbox's.
    mutating func recordPong(_ word: String) -> Bool {
        guard word.hasPrefix(Self.pingPrefix),
            let number = Int(word.dropFirst(Self.pingPrefix.count))
        else { return false }
        if let barrier, barrier.number <= number { self.barrier = nil }
        let settled = sent.filter { $0.number <= number }
        sent.removeAll { $0.number <= number }
        for id in Set(settled.map(\.channel)) {
            let units = settled.filter { $0.channel == id }
            let refusals = queues[id]?.refusals ?? 0
            if refusals == 0 {
                for unit in units { confirm(unit, as: nil) }
            } else {
                // Nobody knows which of them were refused, unless all were.
                _ = withQueue(id) {
                    $0.requeue(upTo: number, hasDoubt: refusals < units.count)
                    $0.refusals = 0
                }
            }
        }
        return true
    }

    /// The consequence of a line that a channel has refused.
    enum Refusal {
        /// The channel takes nothing at present.
        case ofChannel
        /// Perhaps the channel refuses only this line: the next one is tried.
        case perhapsOfLine
        /// The channel refuses this line and takes others: the line is given up.
        case ofLine
    }

    /// Times that a line is refused alone before a later one is tried.
    private static let patientTries = 2

    /// Records that a channel has refused a line.
    ///
    /// - Parameter label: the line's label, if the server has labels.
    mutating func recordRefusal(_ label: String?, in id: String, _ reason: String) -> Refusal {
        let candidates = sent.filter { $0.channel == id }
        let number = label.flatMap { Int($0) }
        let known = candidates.first { $0.number == number }
        guard let unit = known ?? (candidates.count == 1 ? candidates[0] : nil) else {
            _ = withQueue(id) { queue in
                queue.isCareful = true
                if !candidates.isEmpty { queue.refusals += 1 }
            }
            return .ofChannel
        }
        sent.removeAll { $0.number == unit.number }
        let isAlone = candidates.count == 1
        return withQueue(id) { queue in
            queue.isCareful = true
            guard let item = queue.item(ofUnit: unit.number) else { return .ofChannel }
            if queue.items[item].isOnLastTry {
                queue.giveUp(item, unit: unit.number, reason)
                return .ofLine
            }
            for index in queue.items[item].units.indices
            where queue.items[item].units[index].state == .sent(unit.number) {
                queue.items[item].units[index].state = .waiting
            }
            if queue.isProbing {
                queue.isProbing = false
                return .ofChannel
            }
            if isAlone { queue.items[item].refusals += 1 }
            guard queue.items[item].refusals >= Self.patientTries else { return .ofChannel }
            // A message sent with it has arrived: the channel takes others.
            if queue.items[(item + 1)...].contains(where: { $0.isDone && $0.isDelivered }) {
                queue.items[item].isOnLastTry = true
                return .perhapsOfLine
            }
            queue.isProbing = true
            if queue.nextItem != nil { return .perhapsOfLine }
            queue.isProbing = false
            return .ofChannel
        } ?? .ofChannel
    }

    /// Records that the server will never take a line; nobody knows which if several are on their
    /// way and it has no labels: they go out again, one by one.
    ///
    /// - Parameter id: the channel, if the server has named it.
    mutating func recordFinalRefusal(_ label: String?, in id: String?, _ reason: String) {
        let number = label.flatMap { Int($0) }
        let candidates = sent.filter { id == nil || $0.channel == id }
        let known = candidates.first { $0.number == number }
        guard let unit = known ?? (candidates.count == 1 ? candidates[0] : nil) else {
            for id in Set(candidates.map(\.channel)) {
                _ = withQueue(id) {
                    $0.isCareful = true
                    $0.refusals += 1
                }
            }
            return
        }
        sent.removeAll { $0.number == unit.number }
        _ = withQueue(unit.channel) { queue in
            for item in queue.items.indices {
                for index in queue.items[item].units.indices
                where queue.items[item].units[index].state == .sent(unit.number) {
                    queue.items[item].units[index].state = .confirmed
                    queue.items[item].refusal = reason
                }
            }
        }
    }

    /// Has everything that was not confirmed go out again, after the connection was lost.
    mutating func recordLoss(isFlood: Bool, now: MonotonicTime) {
        if !sent.isEmpty { window = max(1, window / 2) }
        if isFlood { bucket.slowDown() }
        (sent, barrier) = ([], nil)
        lastBarrier = lastNumber
        for id in queues.keys {
            queues[id]?.reset()
            queues[id]?.isOpen = false
        }
        bucket.fill(now)
    }

    /// Has everything composed anew, because the server has not taken it in this form.
    mutating func recompose() {
        sent = []
        for id in queues.keys { queues[id]?.reset() }
    }

    /// Removes and returns the items that are done, by channel.
    mutating func removeDone() -> [(id: String, items: [OutgoingItem])] {
        order.sorted().compactMap { id in
            let items = queues[id]?.removeDone() ?? []
            return items.isEmpty ? nil : (id, items)
        }
    }
}
