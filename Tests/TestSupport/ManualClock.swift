import Sockets
import Locking

/// A clock that stands still until a test turns it, for event loops and for tasks that sleep.
///
/// Safe from any thread.
package final class ManualClock: TimeSource, Clock {
    /// A moment: how long after the beginning.
    package struct Instant: InstantProtocol {
        let sinceStart: Duration

        package func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }

        package func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }

        package static func < (left: Instant, right: Instant) -> Bool {
            left.sinceStart < right.sinceStart
        }
    }

    private struct Sleeper {
        let id: Int
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(sinceStart: .zero)
        var sleepers: [Sleeper] = []
        var lastID = 0
        var cancelled: Set<Int> = []
        var observers: [CheckedContinuation<Void, Never>] = []
    }

    /// The moment at the beginning.
    private let start: Timestamp
    private let state = Locked(State())

    /// Makes a clock; by default its wall clock begins at 2025-01-01 00:00 UTC.
    package init(startingAt moment: Timestamp = 1_735_689_600_000) { start = moment }

    /// Turns the clock and wakes who has slept long enough.
    ///
    /// A loop has to be told (`clockHasChanged()`; `TestBus.advance` does).
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns when a task sleeps by this clock.
    package func untilSomebodySleeps() async {
        await withCheckedContinuation { continuation in
            let isAsleep = state.withLock { state in
                if state.sleepers.isEmpty { state.observers.append(continuation) }
                return !state.sleepers.isEmpty
            }
            if isAsleep { continuation.resume() }
        }
    }

    // MARK: - TimeSource

    /// The time since the beginning.
    package func monotonic() -> MonotonicTime { .after(now.sinceStart) }

    /// The moment that so much time after the beginning is.
    package func wall() -> Timestamp { start + now.sinceStart }

    /// False: the kernel's timers know nothing of it.
    package var isReal: Bool { false }

    // MARK: - Clock

    /// The present moment.
    package var now: Instant { state.withLock { $0.now } }

    /// One nanosecond.
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// Returns when the clock has been turned so far, or throws when the task is cancelled.
    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(id: id, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func add(_ sleeper: Sleeper) {
        let (result, observers) = state.withLock {
            state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
            if state.cancelled.remove(sleeper.id) != nil {
                return (.failure(CancellationError()), [])
            }
            if sleeper.deadline <= state.now { return (.success(()), []) }
            state.sleepers.append(sleeper)
            defer { state.observers = [] }
            return (nil, state.observers)
        }
        if let result { sleeper.continuation.resume(with: result) }
        for observer in observers { observer.resume() }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
