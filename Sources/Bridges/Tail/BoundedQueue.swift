import Chat
import Locking

/// Hands what a thread makes over to a task, which takes all there is; only so much may wait.
///
/// Safe from any thread, for one that puts and one task that takes.
final class BoundedQueue<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var weight = 0
        var waiter: CheckedContinuation<[Item], Never>?
        var hasEnded = false

        mutating func takeAll() -> [Item] {
            defer { items = [] }
            weight = 0
            return items
        }
    }

    private let bound: Int
    private let wake: @Sendable () -> Void
    private let state = Locked(State())

    /// Makes one.
    ///
    /// - Parameters:
    ///   - bound: the weight of what waits from which on there is no room for more.
    ///   - wake: called when there is room again, or nothing more is wanted.
    init(bound: Int, wake: @escaping @Sendable () -> Void) {
        self.bound = bound
        self.wake = wake
    }

    /// Whether another item may be put.
    var hasRoom: Bool { state.withLock { !$0.hasEnded && $0.weight < bound } }

    /// Whether nothing more is wanted or comes.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Puts an item.
    ///
    /// The caller has asked `hasRoom`.
    func put(_ item: Item, weight: Int) {
        let waiter = state.withLock { state in
            if state.waiter == nil, !state.hasEnded {
                state.items.append(item)
                state.weight += weight
            }
            return state.waiter.take()
        }
        waiter?.resume(returning: [item])
    }

    /// Ends it: what has been put is still taken.
    func end() {
        let waiter = state.withLock { state in
            state.hasEnded = true
            return state.waiter.take()
        }
        waiter?.resume(returning: [])
        wake()
    }

    /// All there is, when there is something; nothing at the end.
    func next() async -> [Item] {
        let items = await withCheckedContinuation { continuation in
            let (items, isOver) = state.withLock { state -> ([Item], Bool) in
                if !state.items.isEmpty { return (state.takeAll(), true) }
                if !state.hasEnded { state.waiter = continuation }
                return ([], state.hasEnded)
            }
            if isOver { continuation.resume(returning: items) }
        }
        wake()
        return items
    }
}
