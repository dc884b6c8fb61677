import Chat
import MessageBus
import Sockets

/// What a connection has asked of somebody who answers later: the store, a thread that computes.
///
/// One question at a time, and none waits longer than `patience`. Confined to the bus's loop.
final class PendingQuery: @unchecked Sendable {  // touched on the loop only
    /// Why there is no answer.
    enum Failure: Error, CustomStringConvertible {
        /// It takes longer than anybody waits.
        case tooLate
        /// Nobody waits for it any more.
        case stopped

        var description: String {
            switch self {
            case .tooLate: "no answer within \(PendingQuery.patience / 1_000_000_000) s"
            case .stopped: "the server stops"
            }
        }
    }

    /// How long a question may take, in nanoseconds: longer than any that is answered at all, and
    /// as long as somebody at a keyboard waits before typing it again.
    private static let patience: Int64 = 10_000_000_000

    private let loop: EventLoop
    private let bus: Bus
    private var task: Task<Void, Never>?
    /// Ends the present question without an answer.
    private var giveUp: ((any Error, isolated Bus) -> Void)?
    /// Which question it is: what is answered too late is no answer to the next.
    private var number: UInt64 = 0
    private lazy var deadline = LoopTimer { [weak self] in
        self?.bus.assumeIsolated { self?.fail(.tooLate, $0) }
    }

    init(on loop: EventLoop, bus: Bus) {
        self.loop = loop
        self.bus = bus
    }

    /// Asks, and calls `finish` on the loop with what comes of it, once.
    ///
    /// The question before must have ended.
    func begin<Answer: Sendable>(
        _ question: @escaping @Sendable (isolated Bus) async throws -> Answer,
        then finish: @escaping @Sendable (Result<Answer, any Error>, isolated Bus) -> Void
    ) {
        number += 1
        let (number, bus) = (number, bus)
        giveUp = { finish(.failure($0), $1) }
        loop.set(deadline, after: Self.patience)
        // Who answers late, or never, keeps nothing of the connection but this.
        task = Task(executorPreference: bus.tasks) { [weak self] in
            let result: Result<Answer, any Error>
            do {
                result = .success(try await question(bus))
            } catch {
                result = .failure(error)
            }
            await bus.perform { [weak self] bus in
                guard let self, self.isPresent(number) else { return }
                self.forget()
                finish(result, bus)
            }
        }
    }

    private func isPresent(_ number: UInt64) -> Bool { giveUp != nil && self.number == number }

    /// Ends the present question, if there is one, without an answer.
    func fail(_ failure: Failure, _ bus: isolated Bus) {
        guard let giveUp else { return }
        forget()
        giveUp(failure, bus)
    }

    /// Ends the present question, if there is one, and nobody is told.
    func forget() {
        deadline.cancel()
        task?.cancel()
        task = nil
        giveUp = nil
    }
}
