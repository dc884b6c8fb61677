import Metrics

/// A counter in the daemon's metrics, made by ``Port/counter(_:_:isPerBridge:)``.
///
/// Safe from any thread.
public struct BridgeCounter: Sendable {
    private let counter: Counter

    init(_ counter: Counter) { self.counter = counter }

    /// Adds to the number.
    public func add(_ count: UInt64 = 1) { counter.add(count) }

    /// Adds a time, to a counter whose name ends in `_seconds_total` only; a negative one adds
    /// nothing.
    public func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return }
        counter.add(UInt64(clamping: seconds) &* 1_000_000_000)
        counter.add(UInt64(attoseconds / 1_000_000_000))
    }
}
