import TimeUnits

/// The need to read a file, and its place in the queue for that.
///
/// The facts are independent: a file may be written to while it is queued, be queued only because
/// of a deadline, and have one in either case. Owned by its `TailedFile`; the queue and the alarm
/// are set by `PendingFiles`.
struct PendingWork {
    /// The place of a file in `PendingFiles`.
    enum Place {
        case none
        /// It is to be read in its turn.
        case queued
        /// It waits until the previous file of its path has been read.
        case held
    }

    /// True if there may be data to read.
    var isDirty = true
    /// Its place in the queue.
    var place = Place.none
    /// The time at which the file needs work although nothing happens to it.
    private(set) var alarm: MonotonicTime?

    /// True while the file is in the queue or waits to be.
    var isQueued: Bool { place != .none }

    /// Sets the alarm; returns false if an earlier one stays in force.
    mutating func setAlarm(_ time: MonotonicTime) -> Bool {
        if let alarm, alarm <= time { return false }
        alarm = time
        return true
    }

    /// Removes the alarm of a time; returns false if it was set to an earlier time since.
    mutating func removeAlarm(of time: MonotonicTime) -> Bool {
        guard alarm == time else { return false }
        alarm = nil
        return true
    }
}
