import Chat
import Glibc
import MessageBus
import Sockets

extension TailedFiles {
    /// The most sizes that are looked up for a report; for further files the last known size
    /// counts.
    private static let maxLookups = 1_000

    /// Returns the tailed files and their unread bytes.
    func report(now: MonotonicTime) -> TailReport {
        assertOwned()
        var report = TailReport()
        report.files = index.all.count
        var lookups = 0
        var unread: [TailReport.UnreadFile] = []
        for tailed in index.all {
            guard tailed.isDirty || tailed.unread.wasWritten else {
                tailed.unread.forget()
                continue
            }
            var size = tailed.observed.size
            if lookups < Self.maxLookups, let file = tailed.file, let status = try? file.status() {
                lookups += 1
                size = status.size
            }
            guard size > tailed.offset else { continue }
            let since = tailed.unread.find(now: now)
            report.unreadBytes += size - tailed.offset
            report.oldest = min(report.oldest ?? since, since)
            unread.append(.init(path: tailed.path, bytes: size - tailed.offset, since: since))
        }
        report.worst = Array(
            unread.sorted { $0.bytes > $1.bytes }.prefix(TailReport.maxNamed))
        return report
    }
}
