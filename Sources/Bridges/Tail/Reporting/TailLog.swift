import Chat
import Locking
import MessageBus
import TimeUnits

/// The bridge's log messages: each problem once, again when it has changed, and counts now and
/// then.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
final class TailLog {
    /// The bridge's thread, for checks in debug builds: whatever is confined to it has this log.
    let confinement = ThreadConfinement()
    private let log: Log
    private let throttled: ThrottledLog
    private var told: Set<String> = []
    private var cut = PathCounts()
    private var lastCuts: MonotonicTime?
    private var lastLosses: MonotonicTime?
    private var lossesSince: MonotonicTime?

    /// Files that came and went before they could be opened, and what could not be read any more.
    var losses = LossCounts()
    /// Files that may not be opened, and why.
    let refused = PathReport {
        "\($0.one): can't be opened: \($0.reason); it is tried again"
    } many: {
        "\($0.list) can't be opened: \($0.reason); they are tried again"
    }
    /// Paths that can't be examined, and the reasons.
    let failures = PathReport("paths") {
        "\($0.one): can't be examined: \($0.reason); it is tried again"
    } many: {
        "\($0.list) can't be examined: \($0.reason); they are tried again"
    }
    /// Matching paths of anything but files.
    let others = PathReport("paths") {
        "\($0.one) is \($0.reason) and is not followed"
    } many: {
        "\($0.list) are not files and are not followed: \($0.reason)"
    }
    /// Symbolic links that are not followed.
    let linksOut = PathReport("links") {
        "\($0.one) leads out of the configured directories and is not followed "
            + "(\"follow\": \"links\" would)"
    } many: {
        "\($0.list) lead out of the configured directories and are not followed "
            + "(\"follow\": \"links\" would)"
    }
    /// Linked directories that are not entered.
    let unentered = PathReport("paths") {
        "\($0.one) is a link to a directory, and ** does not enter it (\"follow\": \"links\" would)"
    } many: {
        "\($0.list) are links to directories, and ** does not enter them "
            + "(\"follow\": \"links\" would)"
    }
    /// Files that the daemon writes itself.
    let own = PathReport {
        "\($0.one) is written by the daemon itself and is not followed: each line would make another"
    } many: {
        "\($0.list) are written by the daemon itself and are not followed: "
            + "each line would make another"
    }
    /// Files of an earlier run that are gone.
    let unfound = PathReport {
        "\($0.one): the file that was read is gone; any further lines in it may be lost"
    } many: {
        "\($0.list) of an earlier run are gone; any further lines in them may be lost"
    }
    /// Compressed files.
    let compressed = PathReport {
        "\($0.one) is compressed and not read"
    } many: {
        "\($0.list) are compressed and not read"
    }

    /// The most sentences that are remembered so that they are not logged again.
    private static let bound = 10_000
    /// The time between two reports of the same kind.
    static let pause: Duration = .seconds(60)

    init(_ log: Log) {
        self.log = log
        throttled = ThrottledLog(log)
        reports = [refused, failures, others, linksOut, unentered, own, unfound, compressed]
    }

    /// Logs a failure, unless it was logged before.
    func warnOnce(_ sentence: String) {
        confinement.assertOwned()
        // Leaving out a new sentence is better than logging all of them again and again.
        guard told.count < Self.bound, told.insert(sentence).inserted else { return }
        log.warning(sentence)
    }

    /// Logs a loss.
    func warn(_ sentence: @autoclosure () -> String) { log.warning(sentence()) }

    /// Logs an event.
    func info(_ sentence: @autoclosure () -> String) { log.info(sentence()) }

    /// Logs an event, and how often it happened if that was more than once a minute.
    func info(cause: String, _ sentence: @autoclosure () -> String) {
        throttled.write(.info, cause: cause, sentence())
    }

    /// Logs an event for people who look closely.
    func debug(_ sentence: @autoclosure () -> String) { log.debug(sentence()) }

    /// Counts a line that was cut.
    func countCutLine(_ path: FilePath) { cut.count(1, at: path) }

    /// Returns the first of some paths, and the number of the others.
    static func list(_ paths: [FilePath]) -> String {
        let first = paths.prefix(PathReport.named).map(\.description).joined(separator: ", ")
        switch paths.count {
        case 1: return "\(first) is"
        case ...PathReport.named: return "\(first) are"
        default: return "\(paths.count) files (\(first), …) are"
        }
    }

    // MARK: - Reports

    private var reports: [PathReport] = []

    /// True if no report would explain why nothing is tailed.
    var hasNothingToReport: Bool {
        refused.isEmpty && failures.isEmpty && others.isEmpty && linksOut.isEmpty && own.isEmpty
    }

    /// The time at which a report is due, by the thread's clock; `nil` if none is.
    var nextReport: MonotonicTime? {
        var next: MonotonicTime?
        for report in reports {
            if let due = report.due { next = min(next ?? due, due) }
        }
        if let due = cutsDue { next = min(next ?? due, due) }
        if let due = lossesDue { next = min(next ?? due, due) }
        return next
    }

    private var cutsDue: MonotonicTime? {
        cut.isEmpty ? nil : lastCuts.map { $0 + Self.pause } ?? .distantPast
    }

    /// The time of the report of losses, a while after the first loss: the data may still be found.
    private var lossesDue: MonotonicTime? {
        if losses.isEmpty { return nil }
        guard let lossesSince else { return .distantPast }
        return max(lossesSince + .seconds(2), lastLosses.map { $0 + Self.pause } ?? .distantPast)
    }

    /// Logs the counts that are due, each kind not too often.
    func writeCounts(now: MonotonicTime, isLast: Bool = false) {
        confinement.assertOwned()
        for report in reports {
            if let sentence = report.nextSentence(now: now, isLast: isLast) {
                let isBad = report === refused || report === failures || report === unfound
                log.write(isBad ? .warning : .info, sentence)
            }
        }
        if let due = cutsDue, isLast || due <= now, let sentence = cut.flushReport() {
            lastCuts = now
            log.warning("\(sentence) longer than maxLine cut")
        }
        if losses.isEmpty {
            lossesSince = nil
        } else if lossesSince == nil {
            lossesSince = now
        }
        if let due = lossesDue, isLast || due <= now, let sentence = losses.flushReport() {
            (lastLosses, lossesSince) = (now, nil)
            log.warning(sentence)
        }
    }
}
