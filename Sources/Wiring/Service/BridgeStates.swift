import Locking

/// The states of a daemon's bridges.
///
/// Safe from any thread.
package final class BridgeStates: Sendable {
    /// The state of a bridge.
    package enum State: Sendable, Equatable {
        /// The bridge runs and has not yet declared itself ready.
        case starting
        /// The bridge works.
        case ready
        /// It has failed, and is run again after a pause.
        case failed
        /// It has returned and is not run again.
        case finished
    }

    private struct Bridge {
        let name: String
        let isOptional: Bool
        var state = State.starting
    }

    private struct Table {
        var bridges: [Bridge] = []
        var observer: (@Sendable () -> Void)?
    }

    private let table = Locked(Table())

    /// The most bridges that a summary names.
    private static let maxNamed = 3

    /// Makes a table without bridges.
    package init() {}

    /// Sets a function to be called after each change, on any thread.
    package func observe(_ observer: @escaping @Sendable () -> Void) {
        table.withLock { $0.observer = observer }
    }

    /// Records the state of a bridge, which need not be in the table.
    package func record(_ state: State, of name: String, isOptional: Bool) {
        let observer = table.withLock { table in
            if let index = table.bridges.firstIndex(where: { $0.name == name }) {
                table.bridges[index].state = state
            } else {
                table.bridges.append(Bridge(name: name, isOptional: isOptional, state: state))
            }
            return table.observer
        }
        observer?()
    }

    /// Forgets a bridge that a reload has removed.
    package func remove(_ name: String) {
        let observer = table.withLock { table in
            table.bridges.removeAll { $0.name == name }
            return table.observer
        }
        observer?()
    }

    /// True if every bridge works that is not optional and has not finished.
    package var areReady: Bool {
        table.withLock { table in
            table.bridges.allSatisfy {
                $0.isOptional || $0.state == .ready || $0.state == .finished
            }
        }
    }

    /// The states in a few words: `2 of 3 bridges ready, not logs (failed, is tried again)`.
    package var summary: String {
        let bridges = table.withLock { $0.bridges }
        let running = bridges.filter { $0.state != .finished }
        let others = running.filter { $0.state != .ready }
        let total = running.count == 1 ? "1 bridge" : "\(running.count) bridges"
        if others.isEmpty { return "\(total) ready" }
        var names = others.prefix(Self.maxNamed).map { "\($0.name) (\($0.state.words))" }
        if others.count > Self.maxNamed { names.append("\(others.count - Self.maxNamed) more") }
        let readyCount = running.count - others.count
        return "\(readyCount) of \(total) ready, not \(names.joined(separator: ", "))"
    }
}

extension BridgeStates.State {
    fileprivate var words: String {
        switch self {
        case .starting: "starting"
        case .ready: "ready"
        case .failed: "failed, is tried again"
        case .finished: "finished"
        }
    }
}
