import TimeUnits

/// The facts about the unread data of a file, for reports.
///
/// They are independent: an event tells of a write before any report looks at the file, and a
/// report may find unread data in a new file that was not written to since.
struct UnreadState {
    /// True if the file was reported as written to since it was last read to its end.
    var wasWritten = false
    /// The time at which a report found it unread, since it was last read to its end.
    private(set) var since: MonotonicTime?

    /// Returns the time since which the file has been known as unread: now, unless a report found
    /// it so before.
    mutating func find(now: MonotonicTime) -> MonotonicTime {
        let since = since ?? now
        self.since = since
        return since
    }

    /// Forgets the time of the first report: a report finds that the file need not be read.
    mutating func forget() { since = nil }

    /// Resets the facts: the file has been read to its end.
    mutating func reset() { self = UnreadState() }
}
