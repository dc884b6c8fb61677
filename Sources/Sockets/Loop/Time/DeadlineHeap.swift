import TimeUnits

/// Elements by deadline: a binary heap.
///
/// A value confined to its owner's thread.
package struct DeadlineHeap<Element> {
    /// An element and its deadline.
    package typealias Entry = (deadline: MonotonicTime, element: Element)

    private var entries: [Entry] = []

    /// Makes an empty heap.
    package init() {}

    /// The entry with the earliest deadline.
    package var first: Entry? { entries.first }

    /// Adds an element.
    package mutating func insert(_ element: Element, at deadline: MonotonicTime) {
        if entries.isEmpty { entries.reserveCapacity(64) }
        entries.append((deadline, element))
        var child = entries.count - 1
        while child > 0, entries[child].deadline < entries[(child - 1) / 2].deadline {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the entry with the earliest deadline.
    @discardableResult
    package mutating func popFirst() -> Entry? {
        guard let first = entries.first else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].deadline < entries[least].deadline {
                least = child
            }
            if least == parent { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    /// Removes and returns the first entry if its deadline is not later than a time.
    package mutating func popFirst(dueAt now: MonotonicTime) -> Entry? {
        guard let first, first.deadline <= now else { return nil }
        return popFirst()
    }

    /// Removes all elements that satisfy a condition; takes time for each element.
    package mutating func removeAll(where isRemoved: (Element) -> Bool) {
        entries.removeAll { isRemoved($0.element) }
        // A sorted array is a heap.
        entries.sort { $0.deadline < $1.deadline }
    }
}
