import Chat
import MessageBus

/// The log of lines that were dropped or cut: each cause at once, and then at most once a minute.
///
/// The person at the terminal has no other way to learn of it. Safe from any thread.
final class StdioDropLog: Sendable {
    private let throttledLog: ThrottledLog

    init(_ log: Log) { throttledLog = ThrottledLog(log) }

    /// Records a line that was cut.
    func recordCutLine() {
        throttledLog.warning(
            cause: "too long", "1 line longer than \(Stdio.maxLineBytes) bytes cut")
    }

    /// Records a line that was a command with a password; nothing of it is logged.
    func recordPassword() {
        throttledLog.warning(
            cause: "password",
            "1 line with a password not said: standard input has no commands; use a chat program")
    }

    /// Records the lines that the bus dropped.
    func recordDrops(_ receipts: [Receipt]) {
        var counts: [Drop: Int] = [:]
        for case .drop(let reason, let code, _) in receipts.lazy.map(\.verdict) {
            counts[Drop(code: code, reason: reason), default: 0] += 1
        }
        for (drop, count) in counts.sorted(by: { $1.value < $0.value }) {
            // One cause for each code: a middleware may give each line a reason of its own.
            let reason = [drop.code, drop.reason].filter { !$0.isEmpty }.joined(separator: ", ")
            throttledLog.write(.info, cause: drop.code, "1 line dropped: \(reason)", times: count)
        }
    }

    /// Writes the counts that have not been logged yet.
    func flush() { throttledLog.writeRemainingCounts() }
}
