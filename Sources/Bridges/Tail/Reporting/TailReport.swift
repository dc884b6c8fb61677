import Metrics
import MessageBus
import TimeUnits

/// The tailed files, and the amount of unread data in them.
struct TailReport: Sendable, Equatable {
    /// A file that holds more than was read.
    struct UnreadFile: Sendable, Equatable {
        let path: FilePath
        let bytes: UInt64
        /// The time at which that was noticed, by the thread's clock.
        let since: MonotonicTime
    }

    /// Files that are tailed.
    var files = 0
    /// Bytes that are not read, in all files.
    var unreadBytes: UInt64 = 0
    /// The time since which the file that has been unread for longest has been so, by the thread's
    /// clock.
    var oldest: MonotonicTime?
    /// The files with the most bytes that are not read, the worst first.
    var worst: [UnreadFile] = []

    /// The most files that are named: as many as fit on a screen.
    static let maxNamed = 20

    /// Returns the numbers as they are exposed.
    ///
    /// - Parameter now: the time by the thread's clock.
    func gauges(at now: MonotonicTime) -> BridgeGauges {
        var gauges = BridgeGauges()
        let age = oldest.map { max(.zero, now - $0) } ?? .zero
        gauges.values = [
            (.tailFiles, Double(files)), (.tailBehind, Double(unreadBytes)),
            (.tailOldestUnread, age.inSeconds),
        ]
        gauges.laggingFiles = worst.map {
            LaggingFile(name: "\($0.path)", bytes: $0.bytes, age: max(.zero, now - $0.since))
        }
        return gauges
    }
}

extension MetricFamily {
    /// Files.
    fileprivate static let tailFiles = MetricFamily(
        "puente_tail_files", .gauge, "Files that are tailed.", labels: ["bridge"])
    /// Bytes.
    fileprivate static let tailBehind = MetricFamily(
        "puente_tail_behind_bytes", .gauge, "Bytes of tailed files that are not read yet.",
        labels: ["bridge"])
    /// Seconds.
    fileprivate static let tailOldestUnread = MetricFamily(
        "puente_tail_oldest_unread_seconds", .gauge,
        "Time since the tailed file that has waited for longest was last read to its end.",
        combination: .largest, labels: ["bridge"])
}
