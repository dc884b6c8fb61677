import Locking
import TimeUnits

/// Messages that wait to be put into the stream, one after the other, by the publishing thread of a
/// connection.
///
/// Safe from any thread.
final class PublishQueue: Sendable {
    /// The result of an attempt.
    enum Outcome: Sendable {
        /// The stream has it, at this number.
        case stored(UInt64, created: String)
        /// The attempt failed; it is to be repeated.
        case failed(BrokerError)
        /// The stream has forgotten messages: those must be put in again first.
        case forgotten
        /// Nothing is published any more.
        case ended
    }

    /// A message, with the continuation of the task that waits for the result.
    struct Request: Sendable {
        let number: UInt64
        let content: [UInt8]
        let subject: String
        let id: String
        /// The number of times that the stream has forgotten messages, as far as the waiting task
        /// knows.
        let generation: Int
        let waiter: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var requests: [Request] = []
        var isConnected = false
        var isStopping = false
        var hasEnded = false
        var generation = 0
        var asked: UInt64 = 0
        /// The messages that were given up before they were in the queue.
        var cancelled: Set<UInt64> = []

        /// True if no waiting message will get its turn before the daemon ends.
        var isHopeless: Bool { hasEnded || isStopping && !isConnected }
    }

    private let state = Locked(State())
    private let signal = ThreadSignal()

    /// The number of times that the stream has forgotten messages.
    var generation: Int { state.withLock { $0.generation } }

    /// Publishes a message, and returns when the stream has it or the attempt has failed.
    ///
    /// Waits while there is no connection, unless the task is cancelled.
    func publish(
        _ content: [UInt8], to subject: String, id: String, generation: Int
    ) async -> Outcome {
        let number = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let outcome = state.withLock { state -> Outcome? in
                    if state.isHopeless || state.cancelled.remove(number) != nil { return .ended }
                    if state.generation != generation { return .forgotten }
                    state.requests.append(
                        Request(
                            number: number, content: content, subject: subject, id: id,
                            generation: generation, waiter: waiter))
                    return nil
                }
                if let outcome { waiter.resume(returning: outcome) } else { signal.send() }
            }
        } onCancel: {
            let request = state.withLock { state -> Request? in
                if let index = state.requests.firstIndex(where: { $0.number == number }) {
                    return state.requests.remove(at: index)
                }
                state.cancelled.insert(number)
                return nil
            }
            request?.waiter.resume(returning: .ended)
        }
    }

    /// Returns the next message, for the thread that publishes; `nil` if there is none within a
    /// time.
    func next(within time: Duration) -> Request? {
        if let request = removeFirst() { return request }
        signal.wait(atMost: time)
        return removeFirst()
    }

    private func removeFirst() -> Request? {
        let (request, isOutdated) = state.withLock { state -> (Request?, Bool) in
            guard state.isConnected, !state.requests.isEmpty else { return (nil, false) }
            let request = state.requests.removeFirst()
            return (request, request.generation != state.generation)
        }
        guard let request, isOutdated else { return request }
        request.waiter.resume(returning: .forgotten)
        return removeFirst()
    }

    // MARK: - The state of the connection

    /// Records that there is a connection, and whether its stream has forgotten something.
    func begin(hasForgotten: Bool) {
        state.withLock { state in
            if hasForgotten { state.generation += 1 }
            state.isConnected = true
        }
        signal.send()
    }

    /// Records that the connection is gone.
    func pause() { change { $0.isConnected = false } }

    /// Records that the daemon stops: without a connection no message waits any longer.
    func stop() { change { $0.isStopping = true } }

    /// Ends every wait.
    func end() { change { $0.hasEnded = true } }

    private func change(_ body: (inout State) -> Void) {
        let given: [Request] = state.withLock { state in
            body(&state)
            guard state.isHopeless else { return [] }
            defer { state.requests = [] }
            return state.requests
        }
        for request in given { request.waiter.resume(returning: .ended) }
        signal.send()
    }
}
