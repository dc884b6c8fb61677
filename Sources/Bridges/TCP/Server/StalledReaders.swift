import Chat
import MessageBus
import Sockets

/// The connections whose other side has not confirmed all it was sent: one whose oldest waiting byte
/// is too old is closed, however much it takes now and then.
///
/// Confined to the bus's loop.
final class StalledReaders: @unchecked Sendable {  // touched on the loop only
    /// A moment, and how many bytes the kernel had been given by then.
    private struct Sample {
        let time: Int64
        let sent: UInt64
    }

    private struct Reader {
        let connection: ChatConnection
        /// The samples whose bytes are not all confirmed, the oldest first; the first stands apart
        /// because most readers have no other, and so need no memory of their own.
        var oldest: Sample?
        var others: [Sample] = []
        /// Bytes the other side has confirmed.
        var confirmed: UInt64
        /// When the other side last confirmed something, in the loop's time.
        var lastProgress: Int64

        mutating func add(_ sample: Sample) {
            let newest = others.last ?? oldest
            if sample.sent <= newest?.sent ?? confirmed { return }
            if newest == nil { oldest = sample } else { others.append(sample) }
        }
    }

    private let loop: EventLoop
    private let bus: Bus
    /// Nanoseconds that a byte may wait for.
    private let patience: Int64
    private var readers: [UInt32: Reader] = [:]
    /// When the server began to stop: since then it is enough to take nothing for a short while.
    private var stoppingSince: Int64?
    /// Connections that were closed because they took nothing while the server stopped.
    private(set) var givenUp = 0
    private lazy var sweep = LoopTimer { [unowned self] in
        self.bus.assumeIsolated { self.closeStalled($0) }
    }

    /// How long who takes nothing is waited for when the server stops.
    ///
    /// The kernel of somebody who reads slowly confirms in steps, on this machine of 64 KiB.
    private static let lastPatience: Int64 = 2_000_000_000
    /// How long it is waited for at least, however long it has taken nothing before.
    private static let lastChance: Int64 = 1_000_000_000

    init(patience: Int64, on loop: EventLoop, bus: Bus) {
        self.patience = patience
        self.loop = loop
        self.bus = bus
    }

    /// Looks after a connection that was sent something, until all of it is confirmed.
    ///
    /// To be called again when the kernel takes no more: from then on the time is exact.
    func watch(_ connection: ChatConnection) {
        let sent = connection.sentBytes
        let now = Sample(time: loop.now, sent: sent)
        if connection.isWatched {
            readers[connection.connectionID]?.add(now)
        } else {
            connection.isWatched = true
            readers[connection.connectionID] = Reader(
                connection: connection, oldest: now,
                confirmed: sent - min(sent, UInt64(connection.unsentBytes)), lastProgress: loop.now)
        }
        if sweep.deadline == nil { loop.set(sweep, after: interval) }
    }

    /// Looks after a connection no longer.
    func forget(_ connection: ChatConnection) { readers[connection.connectionID] = nil }

    /// From now on waits only for who goes on taking what is owed.
    func hurry() {
        guard stoppingSince == nil else { return }
        stoppingSince = loop.now
        loop.set(sweep, after: interval)
    }

    /// Looks no more.
    func end() { sweep.cancel() }

    private var interval: Int64 {
        stoppingSince == nil ? max(1_000_000, min(5_000_000_000, patience / 16)) : 100_000_000
    }

    private func closeStalled(_ bus: isolated Bus) {
        var next = interval
        for connectionID in Array(readers.keys) {
            guard var reader = readers.removeValue(forKey: connectionID) else { continue }
            let isDone = look(at: &reader)
            if isDone {
                reader.connection.isWatched = false
            } else if isOverdue(reader) {
                if stoppingSince != nil { givenUp += 1 }
                reader.connection.closeAsStalled(bus)
            } else {
                if let oldest = reader.oldest {
                    next = min(next, oldest.time + patience - loop.now)
                }
                readers[connectionID] = reader
            }
        }
        if !readers.isEmpty { loop.set(sweep, after: max(1_000_000, next)) }
    }

    /// Finds out what was confirmed; returns whether that is all.
    private func look(at reader: inout Reader) -> Bool {
        let connection = reader.connection
        let sent = connection.sentBytes
        let unsent = UInt64(connection.unsentBytes)
        if unsent == 0, !connection.isBlocked { return true }
        let confirmed = sent - min(sent, unsent)
        if confirmed > reader.confirmed { reader.lastProgress = loop.now }
        reader.confirmed = confirmed
        while let oldest = reader.oldest, oldest.sent <= confirmed {
            reader.oldest = reader.others.isEmpty ? nil : reader.others.removeFirst()
        }
        reader.add(Sample(time: loop.now, sent: sent))
        return false
    }

    private func isOverdue(_ reader: Reader) -> Bool {
        if let oldest = reader.oldest, loop.now - oldest.time >= patience { return true }
        guard let stoppingSince else { return false }
        return loop.now - reader.lastProgress >= Self.lastPatience
            && loop.now - stoppingSince >= Self.lastChance
    }
}
