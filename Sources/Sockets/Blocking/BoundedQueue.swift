import Locking

/// A bounded queue from a thread to a task, which receives all waiting items at once.
///
/// Safe from any thread, with one producer and one consuming task.
package final class BoundedQueue<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var weight = 0
        var waiter: CheckedContinuation<[Item], Never>?
        var hasEnded = false

        mutating func dequeueAll() -> [Item] {
            defer { items = [] }
            weight = 0
            return items
        }
    }

    private let bound: Int
    private let wake: @Sendable () -> Void
    private let state = Locked(State())

    /// Creates an empty queue.
    ///
    /// - Parameters:
    ///   - bound: the total weight of waiting items at which the queue counts as full.
    ///   - wake: called when there is room again, or nothing more is wanted.
    package init(bound: Int, wake: @escaping @Sendable () -> Void) {
        self.bound = bound
        self.wake = wake
    }

    /// True if there is room for another item.
    package var hasCapacity: Bool { state.withLock { !$0.hasEnded && $0.weight < bound } }

    /// True once the queue has ended.
    package var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Appends an item.
    ///
    /// The caller has checked `hasCapacity`.
    package func append(_ item: Item, weight: Int) {
        let waiter = state.withLock { state in
            if state.waiter == nil, !state.hasEnded {
                state.items.append(item)
                state.weight += weight
            }
            return state.waiter.take()
        }
        waiter?.resume(returning: [item])
    }

    /// Ends the queue; waiting items are still delivered.
    package func end() {
        let waiter = state.withLock { state in
            state.hasEnded = true
            return state.waiter.take()
        }
        waiter?.resume(returning: [])
        wake()
    }

    /// Returns all items as soon as there are any; none at the end.
    package func next() async -> [Item] {
        let items = await withCheckedContinuation { continuation in
            let (items, isOver) = state.withLock { state -> ([Item], Bool) in
                if !state.items.isEmpty { return (state.dequeueAll(), true) }
                if !state.hasEnded { state.waiter = continuation }
                return ([], state.hasEnded)
            }
            if isOver { continuation.resume(returning: items) }
        }
        wake()
        return items
    }
}
