import MessageBus
import Sockets

/// The connections whose other side has not confirmed everything it was sent.
///
/// A connection whose oldest unconfirmed byte is too old is closed, even if it takes a little now
/// and then. Confined to the bus's loop.
package final class StalledReaders: @unchecked Sendable {  // touched on the loop only
    /// A point in time and the bytes the kernel had been given by then.
    private struct Sample {
        let time: MonotonicTime
        let sent: UInt64
    }

    private struct Reader {
        let connection: any WatchedConnection
        /// The first of the samples whose bytes are not all confirmed.
        ///
        /// Kept apart from `others` because most readers have only one, and then need no array.
        var oldest: Sample?
        var others: [Sample] = []
        /// Bytes the other side has confirmed.
        var confirmed: UInt64
        /// The last time the other side confirmed something, by the loop's clock.
        var lastProgress: MonotonicTime

        mutating func append(_ sample: Sample) {
            let newest = others.last ?? oldest
            if sample.sent <= newest?.sent ?? confirmed { return }
            if newest == nil { oldest = sample } else { others.append(sample) }
        }
    }

    private let loop: EventLoop
    private let bus: Bus
    /// The time that a byte may stay unconfirmed.
    private var timeout: Duration
    private var readers: [UInt32: Reader] = [:]
    /// The time at which the server began to stop; from then on a shorter timeout applies.
    private var stoppingSince: MonotonicTime?
    /// Connections that were closed because they took nothing while the server stopped.
    package private(set) var abandonedCount = 0
    private lazy var sweep = LoopTimer { [unowned self] in
        self.bus.assumeIsolated { self.closeStalled($0) }
    }

    /// The time without progress after which a connection is closed while the server stops.
    ///
    /// The kernel of a slow reader confirms in steps, on this machine of 64 KiB.
    private static let stopTimeout: Duration = .seconds(2)
    /// The time that every connection is given when the server stops, however long it had taken
    /// nothing before.
    private static let minStopTime: Duration = .seconds(1)
    /// The time between two sweeps: often enough to notice confirmations in time, and a few
    /// times a minute for the default timeout.
    private static let sweepIntervals: ClosedRange<Duration> =
        Duration.milliseconds(1)...Duration.seconds(5)
    /// The time between two sweeps while the server stops.
    private static let stopSweepInterval: Duration = .milliseconds(100)

    /// Makes a watch over nothing yet.
    ///
    /// - Parameter timeout: the time that a byte may stay unconfirmed.
    package init(timeout: Duration, on loop: EventLoop, bus: Bus) {
        self.timeout = timeout
        self.loop = loop
        self.bus = bus
    }

    /// Changes the time that a byte may stay unconfirmed, from the next sweep on.
    package func setTimeout(_ timeout: Duration) {
        loop.assertOwned()
        self.timeout = timeout
        if sweep.deadline != nil { loop.set(sweep, after: interval) }
    }

    /// Watches a connection that was sent something, until all of it is confirmed.
    ///
    /// To be called again when the kernel takes no more: the age of the bytes is exact from then
    /// on.
    package func watch(_ connection: any WatchedConnection) {
        loop.assertOwned()
        let sent = connection.sentBytes
        let now = Sample(time: loop.now, sent: sent)
        if connection.isWatched {
            readers[connection.connectionID]?.append(now)
        } else {
            connection.isWatched = true
            readers[connection.connectionID] = Reader(
                connection: connection, oldest: now,
                confirmed: sent - min(sent, UInt64(connection.unconfirmedBytes)),
                lastProgress: loop.now)
        }
        if sweep.deadline == nil { loop.set(sweep, after: interval) }
    }

    /// Stops watching a connection.
    package func remove(_ connection: any WatchedConnection) {
        loop.assertOwned()
        readers[connection.connectionID] = nil
    }

    /// Waits from now on only for connections that go on taking what they are sent.
    package func beginStopping() {
        loop.assertOwned()
        guard stoppingSince == nil else { return }
        stoppingSince = loop.now
        loop.set(sweep, after: interval)
    }

    /// Stops watching all connections.
    package func cancel() { sweep.cancel() }

    private var interval: Duration {
        if stoppingSince != nil { return Self.stopSweepInterval }
        let range = Self.sweepIntervals
        return max(range.lowerBound, min(range.upperBound, timeout / 16))
    }

    private func closeStalled(_ bus: isolated Bus) {
        var next = interval
        for connectionID in Array(readers.keys) {
            guard var reader = readers.removeValue(forKey: connectionID) else { continue }
            let isDone = updateProgress(of: &reader)
            if isDone {
                reader.connection.isWatched = false
            } else if isOverdue(reader) {
                if stoppingSince != nil { abandonedCount += 1 }
                reader.connection.closeAsStalled(bus)
            } else {
                if let oldest = reader.oldest {
                    next = min(next, oldest.time + timeout - loop.now)
                }
                readers[connectionID] = reader
            }
        }
        if !readers.isEmpty { loop.set(sweep, after: max(Self.sweepIntervals.lowerBound, next)) }
    }

    /// Looks up how much was confirmed, and returns whether that is everything.
    private func updateProgress(of reader: inout Reader) -> Bool {
        let connection = reader.connection
        let sent = connection.sentBytes
        let unconfirmed = UInt64(connection.unconfirmedBytes)
        if unconfirmed == 0, !connection.isBlocked { return true }
        let confirmed = sent - min(sent, unconfirmed)
        if confirmed > reader.confirmed { reader.lastProgress = loop.now }
        reader.confirmed = confirmed
        while let oldest = reader.oldest, oldest.sent <= confirmed {
            reader.oldest = reader.others.isEmpty ? nil : reader.others.removeFirst()
        }
        reader.append(Sample(time: loop.now, sent: sent))
        return false
    }

    private func isOverdue(_ reader: Reader) -> Bool {
        if let oldest = reader.oldest, loop.now - oldest.time >= timeout { return true }
        guard let stoppingSince else { return false }
        return loop.now - reader.lastProgress >= Self.stopTimeout
            && loop.now - stoppingSince >= Self.minStopTime
    }
}
