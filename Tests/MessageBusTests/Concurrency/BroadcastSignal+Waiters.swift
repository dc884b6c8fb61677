import Locking

@testable import MessageBus

extension BroadcastSignal {
    /// True if any task waits.
    var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }
}
