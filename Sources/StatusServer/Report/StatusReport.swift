import JSON
import MessageBus
import Metrics
import TimeUnits

/// A report on a daemon, for people and for programs.
package struct StatusReport: Sendable {
    let monitor: StatusMonitor
    /// The report of the bus; `nil` while it hangs.
    let bus: BusReport?
    let readiness: DaemonReadiness
    let newest: StatusHistory.Sample?
    /// True if sentences that name files, addresses or people may be shown.
    private let tellsReasons: Bool

    /// Makes a report of what is known now.
    ///
    /// - Parameters:
    ///   - bus: what the bus has counted; `nil` if it did not answer.
    ///   - tellsReasons: false if anybody may read the report: then it holds no sentence of the
    ///     log.
    package init(_ monitor: StatusMonitor, _ bus: BusReport?, tellsReasons: Bool = true) {
        self.monitor = monitor
        self.bus = bus
        readiness = monitor.readiness
        newest = monitor.history.newest
        self.tellsReasons = tellsReasons
    }

    /// True if the daemon does what it is for.
    package var isReady: Bool { readiness.isReady }

    // MARK: - As JSON

    /// Returns the answer of `/ready`: the states of all parts.
    package static func readiness(
        _ monitor: StatusMonitor, _ readiness: DaemonReadiness, tellsReasons: Bool
    ) -> JSON {
        .object([
            "ready": .bool(readiness.isReady),
            "bridges": .list(
                monitor.bridges.map { .object(state(of: $0.name, $0.report, tellsReasons)) }),
            "store": store(monitor.store), "reload": reload(monitor.reload.report, tellsReasons),
        ])
    }

    /// Everything: states, figures, the last errors.
    package var json: JSON {
        var members: [String: JSON] = [
            "name": .text(monitor.name), "version": .text(Version.current),
            "started": .text(monitor.started.inUTC), "ready": .bool(isReady),
            "problems": .list(readiness.problems.map { .text($0) }),
            "bridges": .list(
                monitor.bridges.map { .object(bridge(named: $0.name, $0.report)) }),
            "store": Self.store(monitor.store),
            "reload": Self.reload(monitor.reload.report, tellsReasons),
        ]
        if let bus {
            members["time"] = .text(bus.time.inUTC)
            members["rooms"] = .list(
                bus.rooms.map {
                    .object([
                        "name": .text($0.name), "people": .integer(Int64($0.people)),
                        "events": .integer(Int64(clamping: $0.events)),
                    ])
                })
        }
        if let bytes = ProcessFile.residentBytes {
            members["memoryBytes"] = .integer(Int64(clamping: bytes))
        }
        if let newest {
            members["delay"] = .object([
                "median": newest.median.map { .real($0) } ?? .null,
                "slowest": newest.slowest.map { .real($0) } ?? .null,
            ])
        }
        if tellsReasons {
            members["errors"] = .list(monitor.errors.all.map { Self.json(of: $0) })
            members["files"] = .list(
                laggingFiles.prefix(Self.maxFiles).map { file in
                    .object([
                        "path": .text(file.name),
                        "behindBytes": .integer(Int64(clamping: file.bytes)),
                        "unreadSeconds": .real(file.age.inSeconds),
                    ])
                })
        }
        return .object(members)
    }

    /// The files with the most bytes that are not read yet, the worst first.
    var laggingFiles: [LaggingFile] {
        (bus?.bridges ?? []).flatMap(\.gauges.laggingFiles).sorted { $0.bytes > $1.bytes }
    }

    /// Files that are named.
    private static let maxFiles = 20

    private static func state(
        of name: String, _ report: BridgeCondition.Report, _ tellsReasons: Bool
    ) -> [String: JSON] {
        var members: [String: JSON] = [
            "name": .text(name), "state": .text(report.state.rawValue),
            "since": .text(report.since.inUTC),
        ]
        if report.isOptional { members["optional"] = .bool(true) }
        if tellsReasons, !report.reason.isEmpty { members["reason"] = .text(report.reason) }
        return members
    }

    private func bridge(
        named name: String, _ report: BridgeCondition.Report
    ) -> [String: JSON] {
        var members = Self.state(of: name, report, tellsReasons)
        if let index = newest?.bridges.firstIndex(of: name), let rate = newest?.rates[index] {
            members["messagesPerSecond"] = .real((Double(rate) * 100).rounded() / 100)
        }
        guard let bridge = bus?.bridges.first(where: { $0.name == name }) else { return members }
        members["passed"] = .integer(Int64(clamping: bridge.passed))
        members["dropped"] = .integer(Int64(clamping: bridge.dropped))
        members["deliveries"] = .integer(Int64(clamping: bridge.deliveries))
        members["skipped"] = .integer(Int64(clamping: bridge.skipped))
        members["restarts"] = .integer(Int64(clamping: bridge.restarts))
        members["waiting"] = .integer(Int64(bridge.waiting))
        let age = bridge.gauges.waiting.map(\.age).max() ?? .zero
        members["oldestWaitingSeconds"] = .real(age.inSeconds)
        if tellsReasons, !bridge.gauges.notes.isEmpty {
            members["notes"] = .list(bridge.gauges.notes.map { .text($0) })
        }
        if let connections = bridge.connections {
            members["connections"] = .integer(Int64(connections.open))
        }
        return members
    }

    private static func store(_ store: StoreReport?) -> JSON {
        guard let store else { return .object(["state": .text("none")]) }
        return .object([
            "state": .text(store.condition.name),
            "backlogBytes": .integer(Int64(store.backlogBytes)),
            "oldestWaitingSeconds": .real(store.age.inSeconds),
            "committedNumber": .integer(Int64(clamping: store.committed.rawValue)),
        ])
    }

    private static func reload(_ report: ReloadOutcome.Report, _ tellsReasons: Bool) -> JSON {
        var members: [String: JSON] = [
            "successful": .bool(report.isSuccessful), "since": .text(report.takenAt.inUTC),
        ]
        if tellsReasons, !report.reason.isEmpty { members["reason"] = .text(report.reason) }
        return .object(members)
    }

    private static func json(of entry: RecentErrors.Entry) -> JSON {
        var members: [String: JSON] = [
            "time": .text(entry.time.inUTC), "level": .text(entry.level.rawValue),
            "sentence": .text(entry.sentence),
        ]
        if let bridge = entry.bridge { members["bridge"] = .text(bridge) }
        return .object(members)
    }
}
