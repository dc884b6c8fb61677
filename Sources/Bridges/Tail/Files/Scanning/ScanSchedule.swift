import TimeUnits

/// The times of scans, polls and sweeps: those that were, and from them the next ones.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct ScanSchedule {
    /// A time at which work was done, by the thread's clock, and the processor time that it took.
    struct Work: Equatable {
        let time: MonotonicTime
        let cost: Duration
    }

    /// True if files have to be polled because the kernel does not report all changes.
    private(set) var isPolling: Bool
    /// True if an event has made a full scan necessary.
    private(set) var needsFullScan = true
    /// The end of the last full scan, and its cost.
    private(set) var lastFullScan: Work?
    /// The end of the last scan of any kind, and its cost.
    private var lastScan: Work?
    /// The beginning of the last poll of open files, and its cost.
    private var lastPoll: Work?
    /// The time of the last search for records of missing files: by the wall clock in seconds, and
    /// by the thread's clock.
    private var lastSweep: (wall: Int64, now: MonotonicTime)?
    /// The time of the last scan, in nanoseconds by the clock that stamps files.
    var lastScanWallTime = Int64.max

    /// The time between two polls where the kernel does not report changes.
    private static let pollInterval: Duration = .milliseconds(200)
    /// The time between two polls of reserved space.
    private static let reservedPause: Duration = .milliseconds(500)
    /// The time between two searches for missing files.
    private static let sweepPause: Duration = .seconds(3_600)
    /// The seconds by which the wall clock may gain on the thread's between two sweeps.
    private static let maxGain: Int64 = 60

    /// Creates the schedule before the first scan.
    init(isPolling: Bool) { self.isPolling = isPolling }

    // MARK: - Scans

    /// True until the first scan is done.
    var isFirstScan: Bool { lastFullScan == nil }

    /// Makes a full scan due soon: an event told of a change, but not of its place.
    mutating func requireFullScan() { needsFullScan = true }

    /// Polls files from now on: the kernel does not report all changes.
    mutating func startPolling() { isPolling = true }

    /// Begins a scan; returns true if it has to be a full one, and false if the changed names will
    /// do.
    mutating func beginScan(_ changed: ChangedNames, now: MonotonicTime) -> Bool {
        let isFull = changed.isEmpty || now >= nextFullScan
        if isFull { needsFullScan = false }
        return isFull
    }

    /// Records the end of a full scan.
    mutating func endFullScan(_ work: Work) { lastFullScan = work }

    /// Records the end of a scan of any kind.
    mutating func endScan(_ work: Work) { lastScan = work }

    /// Returns the time of the next scan, full or partial.
    func nextScan(_ changed: ChangedNames) -> MonotonicTime {
        min(nextFullScan, nextPartialScan(changed))
    }

    /// The time of the next full scan.
    ///
    /// Scans take at most a twentieth of the time while much happens and a two-hundredth otherwise,
    /// unless changes would stay unseen for too long.
    var nextFullScan: MonotonicTime {
        guard let lastFullScan else { return .distantPast }
        let (end, cost) = (lastFullScan.time, lastFullScan.cost)
        let most: Duration = isPolling ? .seconds(1) : .seconds(10)
        if needsFullScan { return end + min(cost * 20, most) }
        let pause: (least: Duration, most: Duration) =
            isPolling ? (Self.pollInterval, most) : (.seconds(2), .seconds(60))
        return end + min(max(pause.least, cost * 200), pause.most)
    }

    /// Returns the time of the next scan of changed names.
    private func nextPartialScan(_ changed: ChangedNames) -> MonotonicTime {
        if changed.isEmpty { return .distantFuture }
        guard let lastScan else { return .distantPast }
        // A new file may be gone in a moment.
        let factor = changed.appeared.isEmpty ? 20 : 3
        return lastScan.time + min(lastScan.cost * factor, .milliseconds(50))
    }

    // MARK: - Polls

    /// Records a poll of open files.
    mutating func endPoll(_ work: Work) { lastPoll = work }

    /// Returns the time of the next poll of open files.
    ///
    /// - Parameter hasReserved: whether there are files with reserved space.
    func nextPoll(hasReserved: Bool) -> MonotonicTime {
        if !isPolling, !hasReserved { return .distantFuture }
        guard let lastPoll else { return .distantPast }
        let pause = isPolling ? Self.pollInterval : Self.reservedPause
        return lastPoll.time + min(max(pause, lastPoll.cost * 20), .seconds(2))
    }

    // MARK: - Sweeps

    /// Returns true if records of missing files are to be searched for.
    func isSweepDue(now: MonotonicTime) -> Bool {
        lastSweep.map { now - $0.now >= Self.sweepPause } ?? true
    }

    /// Begins a sweep; returns the time in seconds by which records are judged.
    ///
    /// A clock that is set forward during the run must not make records older.
    ///
    /// - Parameter wall: the time by the wall clock, in seconds.
    mutating func beginSweep(wall: Int64, now: MonotonicTime) -> Int64 {
        let time =
            lastSweep.map { min(wall, $0.wall + (now - $0.now).wholeSeconds + Self.maxGain) }
            ?? wall
        lastSweep = (wall, now)
        return time
    }
}
