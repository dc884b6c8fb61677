import MessageBus

/// The counts of messages that one connection was sent from the rooms that it reads.
package struct DeliveryCounts {
    /// Messages that it was sent.
    package private(set) var delivered = 0
    /// Lines that were left out, because it was too far behind.
    package private(set) var skipped = 0

    /// Makes counts of nothing.
    package init() {}

    init(_ cursor: TranscriptCursor) { (delivered, skipped) = (cursor.delivered, cursor.skipped) }

    static func + (left: DeliveryCounts, right: DeliveryCounts) -> DeliveryCounts {
        var sum = left
        sum.delivered += right.delivered
        sum.skipped += right.skipped
        return sum
    }

    /// Adds what was delivered since the last call to the bridge's statistics.
    ///
    /// - Parameter present: the counts of everything that the connection has been sent by now.
    package mutating func update(to present: DeliveryCounts, in statistics: BridgeStatistics) {
        if present.delivered > delivered {
            statistics.deliveries += UInt64(present.delivered - delivered)
            delivered = present.delivered
        }
        if present.skipped > skipped {
            statistics.skipped += UInt64(present.skipped - skipped)
            skipped = present.skipped
        }
    }
}
