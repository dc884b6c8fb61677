import Locking

/// The list through which bridges are added to a supervisor that is already running.
///
/// Safe from any thread.
package final class BridgeRoster: Sendable {
    /// A change of what is supervised.
    enum Change: Sendable {
        /// A bridge is to be run.
        case run(SupervisedBridge)
        /// Nothing more is to come for now, so that the supervisor may end.
        case release
    }

    private struct State {
        var isHeld = false
        var hasEnded = false
    }

    let changes: AsyncStream<Change>
    private let continuation: AsyncStream<Change>.Continuation
    private let state = Locked(State())

    /// Makes a roster without changes.
    package init() { (changes, continuation) = AsyncStream.makeStream() }

    /// Starts a bridge; to be called between `hold` and `release`.
    func run(_ bridge: SupervisedBridge) { continuation.yield(.run(bridge)) }

    /// Keeps the supervisor from ending even if no bridge is left.
    ///
    /// Returns false if the supervisor has ended already.
    func hold() -> Bool {
        state.withLock { state in
            state.isHeld = !state.hasEnded
            return state.isHeld
        }
    }

    /// Lets the supervisor end once no bridge is left.
    func release() {
        state.withLock { $0.isHeld = false }
        continuation.yield(.release)
    }

    /// Ends the supervision unless it is held; returns whether it has ended.
    func end() -> Bool {
        state.withLock { state in
            state.hasEnded = !state.isHeld
            return state.hasEnded
        }
    }
}
