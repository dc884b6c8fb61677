import Locking

/// The progress of a durable reader: messages handed over and messages acknowledged.
///
/// Safe from any thread.
final class DeliveryProgress: Sendable {
    private struct State {
        /// The newest message handed over that has to be acknowledged.
        var owed: MessageNumber
        /// The number up to which nothing after `owed` is to be delivered.
        var scanned: MessageNumber
        /// The position of the stored cursor.
        var kept: MessageNumber
        /// The newest message acknowledged.
        var done: MessageNumber
        /// Texts that were handed over and are not acknowledged, the oldest first.
        var pending: [Pending] = []
    }

    private struct Pending {
        let number: MessageNumber
        let time: Timestamp
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

    /// The most texts to count one by one until they are acknowledged: more than a bridge should
    /// hold.
    private static let maxPending = 4_096

    /// Records messages that the bridge has been given.
    func recordHandedOver(_ messages: [Message]) {
        let texts = messages.filter(\.header.isSaid)
        guard !texts.isEmpty else { return }
        state.withLock { state in
            let room = max(0, Self.maxPending - state.pending.count)
            state.pending += texts.prefix(room).map {
                Pending(number: $0.number, time: $0.header.time)
            }
        }
    }

    /// The texts that were handed over and are not acknowledged: how many, and when the oldest of
    /// them was said.
    var unacknowledged: (count: Int, oldest: Timestamp?) {
        state.withLock { ($0.pending.count, $0.pending.first?.time) }
    }

    func acknowledge(_ number: MessageNumber, links: [Link]) async throws {
        let target = state.withLock { state in
            state.done = max(state.done, number)
            state.pending.removeFirst(state.pending.prefix { $0.number <= number }.count)
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
