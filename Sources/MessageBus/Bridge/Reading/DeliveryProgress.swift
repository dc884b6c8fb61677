import Locking

/// The progress of a durable reader: messages handed over and messages acknowledged.
///
/// Safe from any thread.
final class DeliveryProgress: Sendable {
    private struct State {
        /// The newest message handed over that has to be acknowledged.
        var owed: MessageNumber
        /// The number up to which nothing behind `owed` is to be delivered.
        var scanned: MessageNumber
        /// The position of the stored cursor.
        var kept: MessageNumber
        /// The newest message acknowledged.
        var done: MessageNumber
    }

    let reader: DurableReader
    private let store: any MessageStore
    private let state: Locked<State>

    init(_ reader: DurableReader, at number: MessageNumber, store: any MessageStore) {
        self.reader = reader
        self.store = store
        state = Locked(State(owed: number, scanned: number, kept: number, done: number))
    }

    /// The most numbers to pass over before the stored cursor is moved for them alone.
    private static let stride = 1_000

    /// Records the messages read, and returns the number to move the cursor to if none is
    /// owed.
    func scan(_ messages: [Message], through number: MessageNumber, isLast: Bool = false)
        -> MessageNumber?
    {
        state.withLock { state in
            if let last = messages.last { state.owed = last.number }
            state.scanned = number
            guard state.done >= state.owed, number > state.kept,
                isLast || number - state.kept >= Self.stride
            else { return nil }
            state.kept = number
            return number
        }
    }

    func acknowledge(_ number: MessageNumber, links: [Link]) async throws {
        let target = state.withLock { state in
            state.done = max(state.done, number)
            let target = number >= state.owed ? max(number, state.scanned) : number
            state.kept = max(state.kept, target)
            return target
        }
        try await store.advance(reader, to: target, links: links)
    }

    func recordFailure(_ answer: String, to number: MessageNumber) async throws {
        try await store.recordFailure(answer, to: number, of: reader)
    }
}
