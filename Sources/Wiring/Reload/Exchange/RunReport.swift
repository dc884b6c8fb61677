import Locking
import MessageBus

/// The progress of one bridge's runs, for tasks that wait until the bridge works or has ended.
///
/// Safe from any thread.
final class RunReport: Sendable {
    /// The state that was recorded last.
    enum State: Sendable, Equatable {
        /// The bridge runs, or will be run again after a pause.
        case running
        /// It has said that it works.
        case ready
        /// It has failed before it ever worked, and is not run again.
        case failed(String)
        /// It has ended and is not run again.
        case ended
    }

    private let current = Locked(State.running)
    private let changed = BroadcastSignal()

    /// The state that was recorded last.
    var state: State { current.withLock { $0 } }

    /// Records a step; the last one stays.
    func record(_ state: State) {
        current.withLock { current in
            if current == .ended { return }
            if state == .ended, case .failed = current { return }
            current = state
        }
        changed.send()
    }

    /// Returns when the state meets a condition.
    ///
    /// Returns early if the task is cancelled.
    func wait(until isMet: (State) -> Bool) async {
        while !Task.isCancelled {
            let seen = changed.count
            if isMet(state) { return }
            await changed.wait(since: seen)
        }
    }

    /// True if the bridge is not run any more.
    var hasEnded: Bool {
        switch state {
        case .failed, .ended: true
        case .running, .ready: false
        }
    }

    /// Returns when the bridge has ended for good.
    ///
    /// Returns early if the task is cancelled.
    func waitUntilEnded() async { await wait { _ in hasEnded } }
}
