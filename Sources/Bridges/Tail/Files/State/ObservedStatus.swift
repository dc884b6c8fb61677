import TimeUnits

/// The last known size and modification time of a file, and the times of its changes.
///
/// Owned by its `TailedFile`; confined to the bridge's thread.
struct ObservedStatus {
    /// The size in bytes.
    private(set) var size: UInt64
    /// The modification time by the file system's clock; `.min` if any status is to count as new.
    private(set) var modified: Int64
    /// The modification time at the last check that found the read part unchanged.
    private(set) var confirmed: Int64
    /// The time of the last observed change, by the thread's clock.
    private(set) var changed: MonotonicTime

    /// Creates the status of a file that is found.
    init(_ status: FileStatus, now: MonotonicTime) {
        (size, modified, confirmed) = (status.size, status.modified, status.modified)
        changed = now
    }

    /// True if the file has not been written to since the last check.
    var isConfirmed: Bool { modified == confirmed }

    /// Returns true if size and time are those of another status.
    func matches(_ status: FileStatus) -> Bool {
        (status.size, status.modified) == (size, modified)
    }

    /// Stores a new status; returns true if size or time changed.
    mutating func update(_ status: FileStatus, now: MonotonicTime) -> Bool {
        if matches(status) { return false }
        (size, modified, changed) = (status.size, status.modified, now)
        return true
    }

    /// Stores a change that shows in neither size nor time: a write through a mapping.
    mutating func recordChange(now: MonotonicTime) { changed = now }

    /// Confirms that the read part is unchanged at the present modification time.
    mutating func confirm() { confirmed = modified }

    /// Makes the next status count as new, whatever it is.
    ///
    /// Until then the file counts neither as quiet nor as busy.
    mutating func invalidate(now: MonotonicTime) { (modified, changed) = (.min, now) }
}
