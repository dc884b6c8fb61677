import MessageBus
import Sockets

/// The query of a connection that waits for its answer: of the store, or of a thread that computes.
///
/// There is one at a time; the object serves the next one, too. Each has a time limit. Confined to
/// the bus's loop.
package final class PendingQuery: @unchecked Sendable {  // touched on the loop only
    /// The reason for which there is no answer.
    package enum Failure: Error, CustomStringConvertible {
        /// The answer takes longer than this.
        case tooLate(Duration)
        /// The answer is no longer wanted.
        case cancelled

        package var description: String {
            switch self {
            case .tooLate(let timeout): "no answer within \(timeout.wholeSeconds) s"
            case .cancelled: "the server stops"
            }
        }
    }

    /// The time that the check of a password may take: many may wait for theirs.
    package static let passwordTimeout: Duration = .seconds(60)
    /// The time that a query of the store may take: longer than any that is answered at all, and as
    /// long as a person at a keyboard waits before typing it again.
    private static let storeTimeout: Duration = .seconds(10)

    private let loop: EventLoop
    private let bus: Bus
    private var task: Task<Void, Never>?
    /// Ends the current query with a failure.
    private var failCurrent: ((any Error, isolated Bus) -> Void)?
    /// The number of the current query: a late answer does not answer the next one.
    private var number: UInt64 = 0
    /// The time limit of the current query.
    private var timeout = storeTimeout
    private lazy var deadline = LoopTimer { [weak self] in
        guard let self else { return }
        self.bus.assumeIsolated { self.fail(.tooLate(self.timeout), $0) }
    }

    /// Makes one without a current query.
    package init(on loop: EventLoop, bus: Bus) {
        self.loop = loop
        self.bus = bus
    }

    /// Starts a query, and calls `finish` on the loop with its result, once.
    ///
    /// The query before must have ended.
    package func start<Answer: Sendable>(
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish: @escaping @Sendable (Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        loop.assertOwned()
        number += 1
        let (number, bus) = (number, bus)
        failCurrent = { finish(.failure($0), $1) }
        timeout = Self.storeTimeout
        loop.set(deadline, after: timeout)
        // A late answer finds that the query is over; until it comes, the closed connection stays
        // in memory.
        task = Task(executorPreference: bus.tasks) { [weak self] in
            let result: Result<Answer, any Error>
            do {
                result = .success(try await question(bus))
            } catch {
                result = .failure(error)
            }
            await bus.perform { [weak self] bus in
                guard let self, self.isCurrent(number) else { return }
                self.cancel()
                finish(result, bus)
            }
        }
    }

    /// Asks for something that is answered by a call on the loop, and calls `finish` with the
    /// answer, once.
    ///
    /// The previous query must have ended. `finish` is called while the answer is given, before the
    /// one who answers tells anybody else, but never before this function returns.
    package func ask<Answer: Sendable>(
        within timeout: Duration, _ question: (_ then: @escaping (Answer) -> Void) -> Void,
        then finish: @escaping @Sendable (Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        loop.assertOwned()
        number += 1
        let (number, loop, bus) = (number, loop, bus)
        failCurrent = { finish(.failure($0), $1) }
        self.timeout = timeout
        loop.set(deadline, after: timeout)
        var isAsking = true
        let answer: @Sendable (Answer) -> Void = { [weak self] answer in
            bus.assumeIsolated { bus in
                guard let self, self.isCurrent(number) else { return }
                self.cancel()
                finish(.success(answer), bus)
            }
        }
        question { found in
            // An answer that is known already comes before this function has returned.
            if isAsking {
                loop.perform { answer(found) }
            } else {
                answer(found)
            }
        }
        isAsking = false
    }

    private func isCurrent(_ number: UInt64) -> Bool { failCurrent != nil && self.number == number }

    /// Ends the current query, if there is one, with a failure.
    package func fail(_ failure: Failure, _ bus: isolated Bus) {
        guard let failCurrent else { return }
        cancel()
        failCurrent(failure, bus)
    }

    /// Ends the current query, if there is one, without calling anybody.
    package func cancel() {
        loop.assertOwned()
        deadline.cancel()
        task?.cancel()
        task = nil
        failCurrent = nil
    }
}
