import Metrics

/// A snapshot of a bridge: its counters and its state.
package struct BridgeReport: Sendable {
    /// The connections of a bridge.
    package struct Connections: Sendable {
        package let open: Int
        package let total: UInt64
        package let receivedBytes: UInt64
        package let sentBytes: UInt64
        /// The connections that were not let in, by the code that the client was told.
        package let refusals: [(code: String, count: UInt64)]
    }

    /// The bridge's name in bridge.json.
    package let name: String
    package let condition: BridgeCondition.Report
    package let passed: UInt64
    package let dropped: UInt64
    package let notices: UInt64
    package let deliveries: UInt64
    package let skipped: UInt64
    package let restarts: UInt64
    package let attempts: [(code: String, count: UInt64)]
    /// The connections; `nil` for a bridge that has none.
    package let connections: Connections?
    package let ownCounts: [(family: MetricFamily, value: UInt64)]
    package let gauges: BridgeGauges

    init(of attachment: BridgeAttachment, _ statistics: BridgeStatistics, _ gauges: BridgeGauges) {
        name = attachment.name
        condition = attachment.condition.report
        passed = statistics.passed
        dropped = statistics.dropped
        notices = statistics.notices
        deliveries = statistics.deliveries + statistics.acknowledged.value
        skipped = statistics.skipped
        restarts = statistics.restarts
        attempts = statistics.attempts.all
        connections =
            statistics.connections.isUsed
            ? Connections(
                open: statistics.connections.open, total: statistics.connections.total,
                receivedBytes: statistics.connections.receivedBytes,
                sentBytes: statistics.connections.sentBytes,
                refusals: statistics.connections.refusals.all) : nil
        ownCounts = statistics.ownCounts
        self.gauges = gauges
    }

    /// Messages that wait for the bridge's readers.
    package var waiting: Int { gauges.waiting.reduce(0) { $0 + $1.count } }
}
