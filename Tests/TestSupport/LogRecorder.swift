import MessageBus
import Locking

/// Keeps what is written to a log, for tests.
///
/// Safe from any thread.
package final class LogRecorder: Sendable {
    private struct Waiter {
        let test: @Sendable (Log.Entry) -> Bool
        let continuation: CheckedContinuation<Log.Entry, Never>
    }

    private struct State {
        var entries: [Log.Entry] = []
        var waiters: [Waiter] = []
    }

    private let state = Locked(State())

    /// Makes a recorder with nothing in it.
    package init() {}

    /// A log that writes here.
    package var log: Log { log() }

    /// A log that writes here and goes by these times.
    package func log(by times: Log.Times = .system) -> Log {
        Log(from: .debug, times: times) { self.add($0) }
    }

    /// The lines written so far.
    package var entries: [Log.Entry] { state.withLock { $0.entries } }

    /// The sentences that have been written.
    package var sentences: [String] { entries.map(\.sentence) }

    /// Returns the first entry for which the test holds, when there is one.
    package func first(
        where test: @escaping @Sendable (Log.Entry) -> Bool
    ) async -> Log.Entry {
        await withCheckedContinuation { continuation in
            let found = state.withLock { state in
                let found = state.entries.first(where: test)
                if found == nil {
                    state.waiters.append(Waiter(test: test, continuation: continuation))
                }
                return found
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    private func add(_ entry: Log.Entry) {
        let waiters = state.withLock { state in
            state.entries.append(entry)
            let waiters = state.waiters.filter { $0.test(entry) }
            state.waiters.removeAll { $0.test(entry) }
            return waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: entry) }
    }
}
