import MessageBus
import TimeUnits

/// The removal of traces that SQLite keeps of deleted messages: words in older parts of the index,
/// and pages in the log beside the database.
///
/// Confined to the store's thread. The value `scrub` in `meta` says that there is something to
/// clear, also after a crash. An index of a million messages is merged within seconds, a few
/// megabytes in a step, so that commits and readers get their turn.
final class Scrubber {
    /// The next step.
    private enum Stage {
        case nothing
        /// The file has not been asked yet.
        case unknown
        /// The index's parts are merged into one: only then do they forget words that were removed.
        case merging
        /// All pages of the log are moved into the database, and its file is cut.
        case truncating
    }

    private var stage = Stage.unknown
    /// Time of the next step.
    private var next = MonotonicTime.distantPast
    /// Time of the last beginning.
    private var lastStart: MonotonicTime?

    /// Pages of the index written in a step: about 1 MiB, some milliseconds.
    private static let pagesAtOnce = 256
    /// The time between two steps.
    private static let stepPause: Duration = .milliseconds(5)
    /// The time between two beginnings: many deletions share one.
    ///
    /// Short enough for what is deleted to be gone from the files within a minute.
    private static let minInterval: Duration = .seconds(20)
    /// The time until the next attempt after a failure, or while a reader needs the log.
    private static let retryPause: Duration = .seconds(2)
    /// Milliseconds that cutting the log may wait for readers, as the bus's messages wait
    /// meanwhile.
    private static let timeout = 50

    /// Time of the next step; `nil` if there is none.
    var due: MonotonicTime? {
        if case .nothing = stage { return nil }
        return next
    }

    /// True while the index is merged: what is added to it meanwhile would be merged again.
    var isMerging: Bool {
        if case .merging = stage { return true }
        return false
    }

    /// Records that the file was opened, so that it is asked what an earlier process has left.
    func reload() { (stage, next) = (.unknown, .distantPast) }

    /// Records that messages were deleted.
    func recordDeletion(at now: MonotonicTime) {
        if case .merging = stage { return }
        // At once, unless that was done a moment ago.
        let start = lastStart.map { max(now, $0 + Self.minInterval) } ?? now
        (stage, next) = (.merging, start)
    }

    /// Does one step.
    func advance(_ connection: WriteConnection, at now: MonotonicTime) throws(StoreError) {
        connection.assertOwned()
        next = now + Self.stepPause
        switch stage {
        case .nothing: break
        case .unknown:
            let isLeft = try connection.database.number(
                "SELECT value FROM meta WHERE key = 'scrub'")
            stage = isLeft == 1 ? .merging : .nothing
        case .merging:
            lastStart = now
            if try !merge(connection) { stage = .truncating }
        case .truncating:
            guard try truncateLog(connection) else {
                next = now + Self.retryPause
                return
            }
            // The next commit writes only this into the log.
            try connection.backgroundTransaction { () throws(StoreError) in
                try connection.set("scrub", 0)
            }
            stage = .nothing
        }
    }

    /// Puts the next step off after a failure.
    func postpone(at now: MonotonicTime) { next = now + Self.retryPause }

    /// Merges some pages of the index; returns false if it is one part already.
    private func merge(_ connection: WriteConnection) throws(StoreError) -> Bool {
        var changes = 0
        try connection.backgroundTransaction { () throws(StoreError) in
            let before = connection.database.totalChangeCount
            try connection.database.execute(
                "INSERT INTO words (words, rank) VALUES ('merge', -\(Self.pagesAtOnce))")
            changes = connection.database.totalChangeCount - before
        }
        // FTS5's documented sign that nothing was left to do.
        return changes >= 2
    }

    /// Moves all of the log into the database and cuts it; returns false if a reader needs it.
    private func truncateLog(_ connection: WriteConnection) throws(StoreError) -> Bool {
        try connection.database.execute("PRAGMA busy_timeout = \(Self.timeout)")
        defer { try? connection.database.execute("PRAGMA busy_timeout = 1000") }
        return connection.moveLogIntoDatabase()
    }
}
