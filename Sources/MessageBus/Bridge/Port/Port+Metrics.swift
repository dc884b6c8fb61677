import Metrics

// The figures that a bridge shows to the daemon's operator.
extension Port {
    /// Counts an attempt to deliver to the other side, by a word for its result, such as
    /// `delivered` or `unreachable`.
    ///
    /// Use few words, and none that come from outside: all after the first 199 count as `other`.
    public func recordAttempt(_ result: String) { statistics.recordAttempt(result) }

    /// Returns a counter that the daemon's metrics show as `puente_NAME`: the same one for the same
    /// name, even in a later run of the bridge.
    ///
    /// - Parameters:
    ///   - name: lower case letters, digits and `_`, with `_total` at the end.
    ///   - help: one sentence that says what is counted.
    ///   - isPerBridge: false if all bridges of the kind are counted together.
    public func counter(
        _ name: String, _ help: String, isPerBridge: Bool = true
    ) -> BridgeCounter {
        let isTime = name.hasSuffix("_seconds_total")
        let family = MetricFamily(
            "puente_\(MetricFamily.cleaned(name))", .counter, help, scale: isTime ? 1e-9 : 1,
            labels: isPerBridge ? ["bridge"] : [])
        return BridgeCounter(statistics.counter(family))
    }

    /// Declares that the other side can't be reached, or can be reached again; in between, the
    /// bridge counts as `degraded`, which is still ready.
    ///
    /// - Parameter problem: called soon, on the loop, and must not wait; returns a sentence with
    ///   the reason, or `nil` if the other side can be reached by then.
    public func reportReachability(_ problem: @escaping @Sendable () -> String?) {
        bus.post { bus in
            attachment.reachabilityProblem = problem
            bus.recordReachability(of: attachment)
        }
    }

    /// Exposes numbers of the bridge that rise and fall, until its run ends.
    ///
    /// - Parameter gauges: is called on the loop, and must not wait.
    package func expose(_ gauges: @escaping @Sendable () -> BridgeGauges) async {
        await bus.perform { _ in attachment.readGauges = { _ in gauges() } }
    }
}
