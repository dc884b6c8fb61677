import MessageBus
import Locking

/// Keeps what is written to a log, for tests.
///
/// Safe from any thread.
package final class LogRecorder: Sendable {
    private struct Waiter {
        let id: Int
        let test: @Sendable (Log.Entry) -> Bool
        let continuation: CheckedContinuation<Log.Entry, Never>
    }

    private struct State {
        var entries: [Log.Entry] = []
        var waiters: [Waiter] = []
        var lastID = 0
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
    ///
    /// If the task is cancelled, as by the time limit of a test, an entry that quotes the log.
    package func first(
        where test: @escaping @Sendable (Log.Entry) -> Bool
    ) async -> Log.Entry {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let found = state.withLock { state -> Log.Entry? in
                    if let found = state.entries.first(where: test) { return found }
                    // The handler may have been called before, and found no waiter.
                    if Task.isCancelled { return Self.complaint(state.entries) }
                    state.waiters.append(Waiter(id: id, test: test, continuation: continuation))
                    return nil
                }
                if let found { continuation.resume(returning: found) }
            }
        } onCancel: {
            let (waiter, complaint) = state.withLock { state in
                let waiter = state.waiters.first { $0.id == id }
                state.waiters.removeAll { $0.id == id }
                return (waiter, Self.complaint(state.entries))
            }
            waiter?.continuation.resume(returning: complaint)
        }
    }

    /// Makes an entry for those who wait in vain.
    private static func complaint(_ entries: [Log.Entry]) -> Log.Entry {
        let made = Locked<Log.Entry?>(nil)
        let log = Log(from: .debug) { entry in made.withLock { $0 = entry } }
        let last = entries.suffix(20).map(\.sentence).joined(separator: "\n")
        log.error("the line that a test waits for is not in the log, which ends with:\n\(last)")
        guard let entry = made.withLock({ $0 }) else {
            preconditionFailure("a log calls its writer at once, and leaves out no error")
        }
        return entry
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
