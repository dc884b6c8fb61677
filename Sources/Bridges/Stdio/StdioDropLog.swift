import Chat
import MessageBus

/// What became of the lines that did not come through: told in the log, which is what the one at
/// the terminal sees, at once and then at most once a minute.
///
/// Safe from any thread.
final class StdioDropLog: Sendable {
    private let repeats: ThrottledLog

    init(_ log: Log) { repeats = ThrottledLog(log) }

    /// Notes a line that was cut.
    func noteTooLong() {
        repeats.warning(
            cause: "too long", "1 line longer than \(Stdio.longestLine) bytes cut")
    }

    /// Notes what the bus has dropped of the lines it was given.
    func note(_ receipts: [Receipt]) {
        var counts: [Drop: Int] = [:]
        for case .drop(let reason, let code) in receipts.lazy.map(\.verdict) {
            counts[Drop(code: code, reason: reason), default: 0] += 1
        }
        for (drop, count) in counts.sorted(by: { $1.value < $0.value }) {
            // By code: a middleware may give each line a reason of its own.
            let phrases = [drop.code, drop.reason].filter { !$0.isEmpty }.joined(separator: ", ")
            repeats.write(.info, cause: drop.code, "1 line dropped: \(phrases)", times: count)
        }
    }

    /// Tells what has only been counted so far.
    func tellRest() { repeats.tellRest() }
}
