/// Connections in the order in which they came, with the time.
///
/// Entries of connections that are gone are dropped as they are found. Confined to whoever holds
/// it.
struct ArrivalOrder {
    struct Entry {
        let id: UInt64
        /// Nanoseconds of the loop's clock.
        let time: Int64
    }

    private var entries: [Entry] = []
    private var start = 0

    /// Entries at the front that may be gone before the others are moved.
    private static let maxGone = 1_024

    mutating func append(_ id: UInt64, at time: Int64) {
        entries.append(Entry(id: id, time: time))
    }

    /// Returns the first entry that is not gone, and forgets those in front of it.
    mutating func first(where isThere: (UInt64) -> Bool) -> Entry? {
        while start < entries.count, !isThere(entries[start].id) { start += 1 }
        if start == entries.count { (entries, start) = ([], 0) }
        if start > Self.maxGone, start > entries.count / 2 {
            entries.removeFirst(start)
            start = 0
        }
        return start < entries.count ? entries[start] : nil
    }
}
