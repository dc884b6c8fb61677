import Locking

/// The numbers of messages that were deleted in this process, for readers that have been handed
/// some of them already.
///
/// Safe from any thread. The last 100,000 are remembered: a reader holds a few hundred messages.
final class DeletedNumbers: Sendable {
    private struct State {
        var numbers: Set<MessageNumber> = []
        var order: [MessageNumber] = []
    }

    private static let maxCount = 100_000
    private let state = Locked(State())

    /// Adds a number.
    func insert(_ number: MessageNumber) {
        state.withLock { state in
            guard state.numbers.insert(number).inserted else { return }
            state.order.append(number)
            guard state.order.count > Self.maxCount else { return }
            for old in state.order.prefix(Self.maxCount / 2) { state.numbers.remove(old) }
            state.order.removeFirst(Self.maxCount / 2)
        }
    }

    /// Returns true if a message was deleted.
    func contains(_ number: MessageNumber) -> Bool {
        state.withLock { $0.numbers.contains(number) }
    }
}
