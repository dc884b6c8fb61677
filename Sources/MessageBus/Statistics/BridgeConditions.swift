import Locking

/// The conditions of all bridges of a bus.
///
/// Safe from any thread.
package final class BridgeConditions: Sendable {
    private struct Contents {
        var bridges: [(name: String, condition: BridgeCondition)] = []
        var isStopping = false
    }

    private let contents = Locked(Contents())

    /// The bridges in the order in which they were added, with their states at present.
    package var reports: [(name: String, report: BridgeCondition.Report)] {
        contents.withLock { $0.bridges }.map { ($0.name, $0.condition.report) }
    }

    /// True once the bus has begun to stop.
    package var isStopping: Bool { contents.withLock { $0.isStopping } }

    /// Adds a bridge, in the place of another one of its name.
    func add(_ condition: BridgeCondition, named name: String) {
        contents.withLock { contents in
            if let index = contents.bridges.firstIndex(where: { $0.name == name }) {
                contents.bridges[index].condition = condition
            } else {
                contents.bridges.append((name, condition))
            }
        }
    }

    /// Removes a bridge that no longer exists.
    package func remove(named name: String) {
        contents.withLock { contents in contents.bridges.removeAll { $0.name == name } }
    }

    func recordStop() { contents.withLock { $0.isStopping = true } }
}
