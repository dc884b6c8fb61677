import MessageBus
import TimeUnits

/// The readiness of the daemon, with the reasons if it is not ready.
package struct DaemonReadiness: Sendable {
    /// The reasons why the daemon is not ready, each in a sentence.
    package private(set) var problems: [String] = []

    /// True if there are no such reasons.
    package var isReady: Bool { problems.isEmpty }

    /// The time after which what waits for the store has waited too long.
    static let maxStoreAge: Duration = .seconds(10)

    /// Decides whether the daemon is ready, by the state of all parts.
    ///
    /// - Parameter loopAge: the time since the bus's loop last turned.
    init(
        bridges: [(name: String, report: BridgeCondition.Report)], isStopping: Bool,
        store: StoreReport?, loopAge: Duration
    ) {
        if loopAge > Heartbeat.limit { problems.append("the bus hangs") }
        if bridges.isEmpty { problems.append("the daemon starts") }
        if isStopping { problems.append("the daemon stops") }
        for (name, report) in bridges where !report.isOptional && !report.state.isReady {
            problems.append("bridge \(name) is not ready: \(report.state.rawValue)")
        }
        guard let store else { return }
        switch store.condition {
        case .fails, .failsAndIsFull: problems.append("the store can't write")
        case .keepsUp, .lags:
            if store.age > Self.maxStoreAge {
                problems.append("the store is \(store.age.wholeSeconds) s behind")
            }
        }
    }
}
