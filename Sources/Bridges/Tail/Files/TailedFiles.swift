import Chat
import Locking
import MessageBus
import Patterns
import Sockets

/// The set of tailed files: discovers them and reads them in turn.
///
/// Owned by `TailThread.run()`; confined to the bridge's thread. It waits for nothing but the file
/// system, and the time is passed as an argument. Discovery continues while no batch can be
/// delivered, so that a file is open before it is rotated away and deleted.
///
/// The cost follows the number of changes: only files and names that the kernel reported are
/// examined, and all of them at long intervals.
final class TailedFiles {
    let configuration: TailConfiguration
    let tailLog: TailLog
    let events: FileEvents?
    let reader: FileReader
    /// The tailed files by ID and path.
    var index = FileIndex()
    /// The files that need work.
    let pendingFiles = PendingFiles()
    /// The files and directories that scans have found.
    var scannedPaths = ScannedPaths()
    /// The knowledge of files that are not tailed at present.
    var records = FileRecords()
    /// The directories that the present scan has looked at.
    var lookups = ScanLookups()
    /// Names that the kernel reported since the last scan.
    var changedNames = ChangedNames()
    /// Checkpoints to be saved with the next batch.
    var checkpoints = UnsavedCheckpoints()
    var senders: SenderNames
    /// The kernel's watches.
    var watches = FileWatches()
    /// The files that the daemon itself writes.
    var ownFiles = OwnFiles()
    /// The times of scans and polls.
    var schedule: ScanSchedule
    /// The descriptors of open files.
    var descriptors = DescriptorUse()
    /// The clock that stamps files.
    var clock: any TimeSource = SystemClock()

    /// Creates an instance that has not scanned yet.
    ///
    /// - Parameters:
    ///   - kept: the checkpoints of an earlier run, by key.
    ///   - events: the kernel's reports of changes; `nil` to do without.
    init(
        _ configuration: TailConfiguration, kept: [String: [UInt8]], events: FileEvents?,
        tailLog: TailLog
    ) throws {
        self.configuration = configuration
        self.tailLog = tailLog
        self.events = events
        senders = SenderNames(configuration.sender)
        schedule = ScanSchedule(isPolling: events == nil || events?.failure != nil)
        let start = try configuration.start.map { try Matcher($0) }
        reader = FileReader(
            MessageSplitter(maxMessageBytes: configuration.maxMessageBytes, start: start), tailLog)
        if let failure = events?.failure { tailLog.warnOnce(Self.polling(failure)) }
        restore(kept)
    }

    /// Traps in debug builds on another thread than the bridge's.
    func assertOwned() { tailLog.confinement.assertOwned() }

    static func polling(_ reason: SocketError) -> String {
        // The error is logged without its path, as the limit applies to all files.
        "\(reason.code == 0 ? reason : SocketError("inotify", errno: reason.code)): files are checked several times a second instead; "
            + "fs.inotify.max_user_watches and max_user_instances (sysctl) are the limits"
    }

    // MARK: - Hints

    /// Records an event of the kernel.
    func recordEvent(_ event: FileEvents.Event) {
        assertOwned()
        switch event {
        case .changed(let watch):
            if case .file(let id) = watches.objects[watch] { markChanged(of: id) }
        case .entry(let watch, let name, let isDirectory, let isNew):
            recordEntry(watch, name: name, isDirectory: isDirectory, isNew: isNew)
        case .ended(let watch):
            if case .directory(let path, _) = watches.objects.removeValue(forKey: watch),
                watches.directories[path]?.watch == watch
            {
                watches.directories[path] = nil
                // If another directory has the path by now, its parent's watch reports that.
                if watches.directories[path.directory] != nil {
                    changedNames.directories.insert(path)
                } else {
                    schedule.requireFullScan()
                }
            }
        case .overflow:
            tailLog.debug("the kernel had more events than it keeps: everything is checked")
            schedule.requireFullScan()
            for tailed in index.all { tailed.isDirty = true }
        }
    }

    private func markChanged(of id: FileID) {
        index[id]?.recordWrite()
    }

    private func recordEntry(
        _ watch: FileEvents.Watch, name: [UInt8], isDirectory: Bool, isNew: Bool
    ) {
        switch watches.objects[watch] {
        case .file(let id):
            guard let tailed = index[id] else { return }
            tailed.isDirty = true
            changedNames.insert(tailed.path, isNew: false)
        case .directory(let path, _):
            if name.isEmpty { return forgetMovedDirectory(path, watch) }
            let entry = path.entry(name)
            for link in index.links(to: entry) { changedNames.insert(link, isNew: false) }
            if isDirectory {
                changedNames.directories.insert(entry)
            } else if configuration.mayFollow(name: name), configuration.follows(entry) {
                changedNames.insert(entry, isNew: isNew)
            } else if isNew {
                changedNames.insertUnmatched(entry)
            }
        case nil: break
        }
        if changedNames.isFull { schedule.requireFullScan() }
    }

    /// Stops watching a directory that was moved or whose permissions changed: another one may have
    /// its path by now.
    private func forgetMovedDirectory(_ path: FilePath, _ watch: FileEvents.Watch) {
        schedule.requireFullScan()
        guard watches.directories[path]?.watch == watch else { return }
        watches.directories[path] = nil
        watches.objects[watch] = nil
        events?.remove(watch)
    }

    // MARK: - Time

    /// Returns the time at which work is due even if nothing happens.
    ///
    /// - Parameter reads: whether there is space for lines that are read.
    func deadline(now: MonotonicTime, reads: Bool) -> MonotonicTime {
        var deadline = min(nextScan, nextPoll)
        if let next = tailLog.nextReport { deadline = min(deadline, next) }
        guard reads else { return deadline }
        if pendingFiles.hasReadable || pendingFiles.hasMoreUnsaved { return now }
        if let next = pendingFiles.nextAlarm { deadline = min(deadline, next) }
        return deadline
    }

    /// Schedules the next work of a file.
    func setAlarm(_ tailed: TailedFile) {
        if let time = tailed.deadline(configuration) { pendingFiles.wake(tailed, at: time) }
    }

    /// The time of the next scan, full or partial.
    var nextScan: MonotonicTime { schedule.nextScan(changedNames) }

    /// The time of the next poll of open files.
    var nextPoll: MonotonicTime { schedule.nextPoll(hasReserved: !watches.reserved.isEmpty) }
}
