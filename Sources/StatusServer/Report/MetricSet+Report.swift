import MessageBus
import Metrics
import TimeUnits

extension MetricSet {
    /// Adds what was counted on the bus.
    mutating func add(_ report: BusReport) {
        for bridge in report.bridges { addMessages(of: bridge) }
        add(.drops)
        for step in report.steps {
            for (code, count) in step.drops {
                add(.drops, .integer(count), ["step": step.name, "code": code])
            }
        }
        for bridge in report.bridges { addDeliveries(of: bridge) }
        for bridge in report.bridges { addConnections(of: bridge) }
        for room in report.rooms {
            add(.people, .integer(UInt64(max(0, room.people))), ["room": room.name])
        }
        add(.turns, .histogram(report.turns))
        if let store = report.store { add(.commits, .histogram(store.commits)) }
        add(.messageTimes, .histogram(report.messages))
        if let store = report.store { add(store) }
        for bridge in report.bridges { addOwnNumbers(of: bridge) }
        for bridge in report.bridges { addState(of: bridge) }
    }

    private mutating func addMessages(of bridge: BridgeReport) {
        let name = bridge.name
        add(.messages, .integer(bridge.passed), ["bridge": name, "verdict": "passed"])
        add(.messages, .integer(bridge.dropped), ["bridge": name, "verdict": "dropped"])
        add(.notices, .integer(bridge.notices), ["bridge": name])
    }

    private mutating func addDeliveries(of bridge: BridgeReport) {
        let name = bridge.name
        add(.deliveries, .integer(bridge.deliveries), ["bridge": name])
        add(.skipped, .integer(bridge.skipped), ["bridge": name])
        for waiting in bridge.gauges.waiting {
            let labels: KeyValuePairs = ["bridge": name, "channel": waiting.channel]
            add(.waiting, .integer(UInt64(max(0, waiting.count))), labels)
            add(.oldestWaiting, .integer(UInt64(max(0, waiting.age.inNanoseconds))), labels)
        }
        add(.attempts)
        for (result, count) in bridge.attempts {
            add(.attempts, .integer(count), ["bridge": name, "result": result])
        }
    }

    private mutating func addConnections(of bridge: BridgeReport) {
        for family in [MetricFamily.connections, .connectionsTotal, .refused, .receivedBytes] {
            add(family)
        }
        add(.sentBytes)
        guard let connections = bridge.connections else { return }
        let name = bridge.name
        add(.connections, .integer(UInt64(max(0, connections.open))), ["bridge": name])
        add(.connectionsTotal, .integer(connections.total), ["bridge": name])
        for (code, count) in connections.refusals {
            add(.refused, .integer(count), ["bridge": name, "code": code])
        }
        add(.receivedBytes, .integer(connections.receivedBytes), ["bridge": name])
        add(.sentBytes, .integer(connections.sentBytes), ["bridge": name])
    }

    private mutating func addOwnNumbers(of bridge: BridgeReport) {
        for (family, value) in bridge.ownCounts {
            add(family, .integer(value), labels: bridge.labels(for: family))
        }
        for (family, value) in bridge.gauges.values {
            add(family, .number(value), labels: bridge.labels(for: family))
        }
    }

    private mutating func addState(of bridge: BridgeReport) {
        for state in BridgeState.allCases {
            add(
                .bridgeState, .integer(bridge.condition.state == state ? 1 : 0),
                ["bridge": bridge.name, "state": state.rawValue])
        }
        add(.restarts, .integer(bridge.restarts), ["bridge": bridge.name])
    }

    private mutating func add(_ store: StoreReport) {
        add(.storeBacklog, .integer(UInt64(max(0, store.backlogBytes))))
        add(.storeCommitted, .integer(store.committed.rawValue))
        for condition in StoreCondition.all {
            add(
                .storeState, .integer(store.condition == condition ? 1 : 0),
                ["state": condition.name])
        }
    }

    /// Adds how the last reload ended.
    mutating func add(_ reload: ReloadOutcome.Report) {
        add(.reloadSuccessful, .integer(reload.isSuccessful ? 1 : 0))
        add(.reloadTime, .number(Double(reload.takenAt.milliseconds) / 1_000))
    }

    /// Adds the version.
    mutating func addBuild() { add(.buildInfo, .integer(1), ["version": Version.current]) }
}

extension BridgeReport {
    fileprivate func labels(for family: MetricFamily) -> [(String, String)] {
        family.labels.contains("bridge") ? [("bridge", name)] : []
    }
}
