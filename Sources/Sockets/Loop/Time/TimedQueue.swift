import TimeUnits

/// Things in the order in which something happened to them, with the time at which it happened.
///
/// Entries for which the condition no longer holds are dropped as they are found. A value confined
/// to its owner's thread.
package struct TimedQueue<ID> {
    /// A thing and the time at which it was added.
    package struct Entry {
        /// The thing.
        package let id: ID
        /// The time of the loop's clock.
        package let time: MonotonicTime
    }

    private var entries: [Entry] = []
    private var start = 0

    /// Dropped entries at the front that may remain before the others are moved.
    private static var maxDropped: Int { 1_024 }

    /// Makes an empty queue.
    package init() {}

    /// Appends a thing.
    ///
    /// Times never decrease.
    package mutating func append(_ id: ID, at time: MonotonicTime) {
        entries.append(Entry(id: id, time: time))
    }

    /// Appends a thing, and first removes all that no longer belong if there are more entries than
    /// about twice a number.
    package mutating func append(
        _ id: ID, at time: MonotonicTime, among count: Int, if belongs: (ID) -> Bool
    ) {
        if entries.count > 2 * count + 64 {
            entries = entries[start...].filter { belongs($0.id) }
            start = 0
        }
        append(id, at: time)
    }

    /// Returns the first entry that still belongs, and drops those in front of it.
    package mutating func first(where belongs: (ID) -> Bool) -> Entry? {
        while start < entries.count, !belongs(entries[start].id) { start += 1 }
        if start == entries.count { (entries, start) = ([], 0) }
        if start > Self.maxDropped, start > entries.count / 2 {
            entries.removeFirst(start)
            start = 0
        }
        return start < entries.count ? entries[start] : nil
    }
}
