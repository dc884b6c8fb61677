import Chat
import MessageBus
import Patterns
import Sockets

/// All files that are followed: finds them, and reads them in turn.
///
/// Confined to the bridge's thread. Nothing here waits but for the file system, and time is given as
/// an argument. Finding goes on while nothing can be handed over, so that what is rotated away
/// meanwhile is open before it is gone.
///
/// What it costs follows what happens: only those files are asked, and only those names looked at,
/// that something was heard of; all of them now and then.
final class TailedFiles {
    let configuration: TailConfiguration
    let tailLog: TailLog
    let events: FileEvents?
    let reader: FileReader
    /// All that are followed, in no order.
    var queue: [TailedFile] = []
    /// Those that something has to be done for.
    let work = PendingFiles()
    var tailedFiles: [FileID: TailedFile] = [:]
    /// The newest of each name.
    var newest: [FilePath: TailedFile] = [:]
    /// What has each name that matches, as of when it was last looked at.
    var names: [FilePath: FileID] = [:]
    /// The names that symbolic links have which lead to a path.
    var linkNames: [FilePath: Set<FilePath>] = [:]
    /// Files that are not followed at present.
    var records = InactiveRecords()
    /// Rotated files that were there before their live ones were first followed.
    var passedOver = IgnoredFiles()
    /// Names that no file has at present, and what was last known of them.
    var missing = MissingNames()
    /// Files that are followed for the first time, where they really are.
    var firstFollowed: [FilePath] = []
    /// What directories hold, as of the present look.
    var listings = DirectoryListings()
    /// Where rotation puts numbers and dates, besides the end of a name.
    var rotationMarks: [FilePath: Set<Int>] = [:]
    /// Directories that `rotatedTo` names, as of the present look.
    var rotationDirectories: [FilePath]?
    /// Whether all rotated files are known that were there before anything was followed.
    var knowsAllBefore = false
    /// Whether what the first look has found has been handed over.
    var hasKeptFirstLook = false
    /// What was heard of since names were last looked at.
    var hints = ChangedNames()
    /// When names were last looked at, in nanoseconds by the clock that files are stamped with.
    var lastLook = Int64.max
    /// What is to be kept with what is handed over next, by source.
    var checkpoints: [String: [UInt8]] = [:]
    /// Patterns that had been followed before this run.
    var knownPatterns: Set<String> = []
    var senders: SenderNames
    var watched: [FileEvents.Watch: Watched] = [:]
    /// Directories in which files may appear.
    var directories: [FilePath: FileID] = [:]
    var watchedDirectories: [FilePath: (watch: FileEvents.Watch, id: FileID?)] = [:]
    /// Files that may be written to without anybody hearing of it: reserved space through a mapping.
    var reserved: [ObjectIdentifier: TailedFile] = [:]
    /// Files that the daemon writes at present.
    var ownFiles: Set<FileID> = []
    /// How files begin that it has written, of those whose names match.
    var formerOwnFiles: [FileID: [UInt8]] = [:]
    /// Whether files have to be looked at often, because the kernel does not tell of all changes.
    var isPolling: Bool
    /// Whether something happened so that all names have to be looked at.
    var needsScan = true
    /// When open files were last asked whether they have changed, by the thread's clock.
    var lastGlance = Int64.min
    /// Nanoseconds of processor time that took.
    var glanceCost: Int64 = 0
    /// When all names were last looked at, by the thread's clock, and the processor time that took.
    var lastScan: (end: Int64, cost: Int64)?
    /// When some names were last looked at, and the processor time that took.
    var lastPartial: (end: Int64, cost: Int64)?
    /// When it was last asked which records' files are gone.
    var lastSweep: (wall: Int64, now: Int64)?
    var openFiles = 0
    var parkingTurn = 0
    /// What the time is, in nanoseconds since 1970.
    var wallTime: () -> Int64 = TailedFiles.realTime
    /// What happens just before a file is opened; tests let other programs be faster.
    var willOpen: ((FilePath) -> Void)?

    /// What a watch sits on.
    enum Watched {
        case file(FileID)
        /// - Parameter isTarget: whether symbolic links lead there: then every name counts.
        case directory(FilePath, isTarget: Bool)
    }

    /// The source under which the patterns are kept.
    static let patternsSource = "paths"
    /// The source that says that all is known that was there before.
    static let knownSource = "known"
    /// The source under which the places of numbers and dates in names are kept.
    static let marksSource = "marks"

    /// Makes one that has found nothing yet.
    ///
    /// - Parameters:
    ///   - kept: what was kept by an earlier run, by source.
    ///   - events: what the kernel tells; `nil` to do without.
    init(
        _ configuration: TailConfiguration, kept: [String: [UInt8]], events: FileEvents?,
        tailLog: TailLog
    ) throws {
        self.configuration = configuration
        self.tailLog = tailLog
        self.events = events
        senders = SenderNames(configuration.sender)
        isPolling = events == nil || events?.failure != nil
        let start = try configuration.start.map { try Matcher($0) }
        reader = FileReader(MessageSplitter(longest: configuration.longest, start: start), tailLog)
        if let failure = events?.failure { tailLog.warnOnce(Self.polling(failure)) }
        restore(kept)
    }

    static func polling(_ reason: SocketError) -> String {
        // Without the file's path: it holds for all of them.
        "\(reason.code == 0 ? reason : SocketError("inotify", errno: reason.code)): files are looked at several times a second instead; "
            + "fs.inotify.max_user_watches and max_user_instances (sysctl) are the limits"
    }

    /// Sees to it that records are not kept any longer.
    func forget(_ records: [FileRecord]) {
        for record in records { checkpoints[record.source] = [] }
    }

    /// All followers of a path, the newest first.
    func tailedFiles(of path: FilePath) -> [TailedFile] {
        Array(
            sequence(first: newest[path]) { $0?.predecessor }.prefix { $0 != nil }.compactMap(
                \.self))
    }

    // MARK: - Hints

    /// Takes what the kernel told.
    func take(_ event: FileEvents.Event) {
        switch event {
        case .changed(let watch):
            if case .file(let id) = watched[watch] { noteChange(of: id) }
        case .entry(let watch, let name, let isDirectory, let isNew):
            takeEntry(watch, name: name, isDirectory: isDirectory, isNew: isNew)
        case .ended(let watch):
            if case .directory(let path, _) = watched.removeValue(forKey: watch),
                watchedDirectories[path]?.watch == watch
            {
                watchedDirectories[path] = nil
                // If another one has the name by now, what is around it tells.
                if watchedDirectories[path.directory] != nil {
                    hints.directories.insert(path)
                } else {
                    needsScan = true
                }
            }
        case .overflow:
            tailLog.detail("the kernel had more to tell than it keeps: everything is looked at")
            needsScan = true
            for tailed in queue { tailed.isDirty = true }
        }
    }

    private func noteChange(of id: FileID) {
        guard let tailed = tailedFiles[id] else { return }
        tailed.isUnread = true
        tailed.isDirty = true
    }

    private func takeEntry(
        _ watch: FileEvents.Watch, name: [UInt8], isDirectory: Bool, isNew: Bool
    ) {
        switch watched[watch] {
        case .file(let id):
            guard let tailed = tailedFiles[id] else { return }
            tailed.isDirty = true
            hints.add(tailed.path, isNew: false)
        case .directory(let path, _):
            if name.isEmpty { return noteMoved(path, watch) }
            let entry = path.entry(name)
            for link in linkNames[entry] ?? [] { hints.add(link, isNew: false) }
            if isDirectory {
                hints.directories.insert(entry)
            } else if configuration.mayFollow(name: name), configuration.follows(entry) {
                hints.add(entry, isNew: isNew)
            } else if isNew {
                hints.addUnmatched(entry)
            }
        case nil: break
        }
        if hints.isFull { needsScan = true }
    }

    /// Lets go of a directory that was moved, or may be entered now or no longer: something else may
    /// have its name by now.
    private func noteMoved(_ path: FilePath, _ watch: FileEvents.Watch) {
        needsScan = true
        guard watchedDirectories[path]?.watch == watch else { return }
        watchedDirectories[path] = nil
        watched[watch] = nil
        events?.remove(watch)
    }

    // MARK: - Time

    /// When something has to be done although nothing happens.
    ///
    /// - Parameter reads: whether there is room for what is read.
    func deadline(now: Int64, reads: Bool) -> Int64 {
        var deadline = min(nextScan, nextGlance)
        if let next = tailLog.nextReport { deadline = min(deadline, next) }
        guard reads else { return deadline }
        if work.hasReadable || work.hasMoreUnkept { return now }
        if let next = work.nextAlarm { deadline = min(deadline, next) }
        return deadline
    }

    /// When a file without a name has been quiet for long enough.
    func quietEnd(_ tailed: TailedFile) -> Int64? {
        tailed.gone.map { max($0, tailed.changed) + configuration.rotateWait }
    }

    /// When a follower has to be looked at although nothing happens to it; `nil`: not at all.
    func alarm(of tailed: TailedFile) -> Int64? {
        let settled =
            tailed.hasPending && settles(tailed)
            ? tailed.changed + configuration.settlesAfter : nil
        return [settled, quietEnd(tailed)].compactMap(\.self).min()
    }

    /// Whether what waits at the end of a file is complete when it has been quiet for a while.
    func settles(_ tailed: TailedFile) -> Bool {
        configuration.start != nil || tailed.form.isUndecided
    }

    /// Sees to it that a follower is looked at when its time has come.
    func setAlarm(_ tailed: TailedFile) {
        if let time = alarm(of: tailed) { work.wake(tailed, at: time) }
    }

    /// When names are looked at next: all, or some.
    var nextScan: Int64 { min(nextFullScan, nextPartialScan) }

    /// When all names are looked at next.
    ///
    /// Looking takes no more than a twentieth of the time while much happens, a two-hundredth
    /// otherwise, unless that would let too much happen unseen.
    var nextFullScan: Int64 {
        guard let lastScan else { return .min }
        let most: Int64 = isPolling ? 1_000_000_000 : 10_000_000_000
        if needsScan { return lastScan.end + min(20 * lastScan.cost, most) }
        let pause: (least: Int64, most: Int64) =
            isPolling ? (Self.glancePause, most) : (2_000_000_000, 60_000_000_000)
        return lastScan.end + min(max(pause.least, 200 * lastScan.cost), pause.most)
    }

    /// When those names are looked at that something was heard of.
    private var nextPartialScan: Int64 {
        if hints.isEmpty { return .max }
        guard let last = lastPartial else { return .min }
        // What is new may be gone in a moment.
        let factor: Int64 = hints.appeared.isEmpty ? 20 : 3
        return last.end + min(factor * last.cost, 50_000_000)
    }

    /// Nanoseconds between two looks where the kernel does not tell of changes.
    private static let glancePause: Int64 = 200_000_000
    /// Nanoseconds between two looks at space that is reserved.
    private static let reservedPause: Int64 = 500_000_000

    /// When open files are asked next whether they have changed.
    var nextGlance: Int64 {
        if !isPolling, reserved.isEmpty { return .max }
        if lastGlance == .min { return .min }
        let pause = isPolling ? Self.glancePause : Self.reservedPause
        return lastGlance + min(max(pause, 20 * glanceCost), 2_000_000_000)
    }
}
