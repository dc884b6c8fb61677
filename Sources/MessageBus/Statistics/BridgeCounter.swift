import Metrics

/// A number of a bridge's own in the daemon's metrics, which only rises.
///
/// Safe from any thread.
public struct BridgeCounter: Sendable {
    private let counter: Counter

    init(_ counter: Counter) { self.counter = counter }

    /// Adds to the number.
    public func add(_ count: UInt64 = 1) { counter.add(count) }

    /// Adds a time, to a number whose name ends in `_seconds_total`.
    public func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return }
        counter.add(UInt64(clamping: seconds) &* 1_000_000_000)
        counter.add(UInt64(attoseconds / 1_000_000_000))
    }
}
