import MessageBus
import Patterns
import Sockets

/// All files that are followed: finds them, and reads them in turn.
///
/// Confined to the bridge's thread. Nothing here waits but for the file system, and time is given as
/// an argument. Finding goes on while nothing can be handed over, so that what is rotated away
/// meanwhile is open before it is gone.
final class FollowedFiles {
    let plan: TailPlan
    let news: TailNews
    let events: FileEvents?
    let reader: FileReader
    /// In the order in which they are read: of one name, the older first.
    var queue: [Follower] = []
    var followers: [FileID: Follower] = [:]
    /// The newest of each name.
    var newest: [FilePath: Follower] = [:]
    /// Files that are not followed at present.
    var records = KeptRecords()
    /// Records of an earlier run whose files have not been looked for yet.
    var unfound: [FileRecord] = []
    /// Rotated files that were there before their live ones were first followed.
    var passedOver = PassedOverFiles()
    /// Names that no file has at present, and what was last known of them.
    var vacant = VacantNames()
    /// Directories of files that are followed for the first time.
    var firstFollowed: Set<FilePath> = []
    /// What directories hold, as of the present look.
    var listings = DirectoryListings()
    /// Names that something was heard of since they were last looked at.
    var hinted: Set<FilePath> = []
    /// Names that files got since they were last looked at.
    var appeared: Set<FilePath> = []
    /// When names were last looked at, in nanoseconds by the clock that files are stamped with.
    var lastLook = Int64.max
    /// What is to be kept with what is handed over next, by source.
    var checkpoints: [String: [UInt8]] = [:]
    /// Patterns that had been followed before this run.
    var knownPatterns: Set<String> = []
    var watched: [FileEvents.Watch: Watched] = [:]
    var watchedDirectories: [FilePath: FileEvents.Watch] = [:]
    /// Whether files have to be looked at often, because the kernel does not tell of all changes.
    var isPolling: Bool
    /// Whether something happened to names since they were last looked at.
    var needsScan = true
    /// When open files were last asked whether they have changed, by the thread's clock.
    var lastGlance = Int64.min
    /// When names were last looked at, by the thread's clock, and the processor time that took.
    var lastScan: (end: Int64, cost: Int64)?
    /// Which follower is read first the next time, so that each has its turn.
    var turn = 0
    var openFiles = 0
    var parkingTurn = 0
    /// What happens just before a file is opened; tests let other programs be faster.
    var willOpen: ((FilePath) -> Void)?

    /// What a watch sits on.
    enum Watched {
        case file(FileID)
        /// - Parameter isTarget: whether symbolic links lead there: then every name counts.
        case directory(FilePath, isTarget: Bool)
    }

    /// Names that are remembered between two looks.
    private static let hintBound = 1_000

    /// The source under which the patterns are kept.
    static let patternsSource = "paths"

    /// Makes one that has found nothing yet.
    ///
    /// - Parameters:
    ///   - kept: what was kept by an earlier run, by source.
    ///   - events: what the kernel tells; `nil` to do without.
    init(
        _ plan: TailPlan, kept: [String: [UInt8]], events: FileEvents?, news: TailNews
    ) throws {
        self.plan = plan
        self.news = news
        self.events = events
        isPolling = events == nil || events?.failure != nil
        let start = try plan.start.map { try Matcher($0) }
        reader = FileReader(MessageCutter(longest: plan.longest, start: start), news)
        if let failure = events?.failure { news.warnOnce(Self.polling(failure)) }
        restore(kept)
    }

    private func restore(_ kept: [String: [UInt8]]) {
        for (source, state) in kept {
            if source == Self.patternsSource {
                let lines = state.split(separator: 0x0A)
                knownPatterns = Set(lines.map { String(decoding: $0, as: UTF8.self) })
            } else if let record = FileRecord(source: source, state: state) {
                forget(records.add(record))
                if !record.isFinished { unfound.append(record) }
            } else {
                news.warnOnce(
                    "what was kept of the file \(source) can't be read: it is read from its start")
                checkpoints[source] = []
            }
        }
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

    // MARK: - Hints

    /// Takes what the kernel told.
    func take(_ event: FileEvents.Event) {
        switch event {
        case .changed(let watch):
            if case .file(let id) = watched[watch] {
                followers[id]?.isDirty = true
                followers[id]?.isUnread = true
            }
        case .entry(let watch, let name, let isDirectory, let isNew):
            takeEntry(watched[watch], name: name, isDirectory: isDirectory, isNew: isNew)
        case .ended(let watch):
            if case .directory(let path, _) = watched.removeValue(forKey: watch) {
                watchedDirectories[path] = nil
            }
            needsScan = true
        case .overflow:
            news.detail("the kernel had more to tell than it keeps: everything is looked at")
            needsScan = true
            for follower in queue { follower.isDirty = true }
        }
    }

    private func takeEntry(
        _ watched: Watched?, name: [UInt8], isDirectory: Bool, isNew: Bool
    ) {
        switch watched {
        case .file(let id):
            followers[id]?.isDirty = true
            needsScan = true
        case .directory(let path, let isTarget):
            if !isDirectory, plan.mayFollow(name: name), hinted.count < Self.hintBound {
                hinted.insert(path.appending(name))
                if isNew { appeared.insert(path.appending(name)) }
            }
            if isTarget || isDirectory || name.isEmpty || plan.mayFollow(name: name) {
                needsScan = true
            }
        case nil: break
        }
    }

    // MARK: - Time

    /// When something has to be done although nothing happens.
    ///
    /// - Parameter reads: whether there is room for what is read.
    func deadline(now: Int64, reads: Bool) -> Int64 {
        var deadline = min(nextScan, nextGlance)
        if news.hasCounts { deadline = min(deadline, now + TailNews.pause) }
        guard reads else { return deadline }
        for follower in queue {
            if follower.isDirty, !follower.mustWait { return now }
            if let end = quietEnd(follower) { deadline = min(deadline, end) }
            if follower.hasPending, plan.start != nil {
                deadline = min(deadline, follower.changed + plan.settlesAfter)
            }
        }
        return deadline
    }

    /// When a file without a name has been quiet for long enough.
    func quietEnd(_ follower: Follower) -> Int64? {
        follower.gone.map { max($0, follower.changed) + plan.rotateWait }
    }

    /// When names are looked at next.
    ///
    /// Looking takes no more than a twentieth of the time while much happens, a two-hundredth
    /// otherwise, unless that would let too much happen unseen.
    var nextScan: Int64 {
        guard let lastScan else { return .min }
        if needsScan { return lastScan.end + min(20 * lastScan.cost, 50_000_000) }
        let pause: (least: Int64, most: Int64) =
            isPolling ? (Self.glancePause, 1_000_000_000) : (2_000_000_000, 10_000_000_000)
        return lastScan.end + min(max(pause.least, 200 * lastScan.cost), pause.most)
    }

    /// Nanoseconds between two looks where the kernel does not tell of changes.
    private static let glancePause: Int64 = 200_000_000

    /// When open files are asked next whether they have changed.
    var nextGlance: Int64 {
        if !isPolling { return .max }
        return lastGlance == .min ? .min : lastGlance + Self.glancePause
    }
}
