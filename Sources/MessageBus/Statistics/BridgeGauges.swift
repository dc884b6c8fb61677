import Metrics

/// The numbers of a running bridge that rise and fall.
package struct BridgeGauges: Sendable {
    /// Messages that wait for readers.
    package var waiting: [WaitingMessages] = []
    /// Numbers of the bridge's own.
    package var values: [(family: MetricFamily, value: Double)] = []
    /// The files that the bridge is most behind with, the worst first; a few tens at most.
    package var laggingFiles: [LaggingFile] = []
    /// Sentences about the other side for whoever looks at the bridge; a few tens at most.
    package var notes: [String] = []

    /// Makes gauges without numbers.
    package init() {}
}
