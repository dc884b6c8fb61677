import MessageBus
import Sockets
import Synchronization

/// What became of the lines that did not come through: told in the log, which is what the one at
/// the terminal sees, at once and then at most once a second.
///
/// Safe from any thread.
final class StdioNews: Sendable {
    private struct Counts {
        var tooLong = 0
        var drops: [Drop: Int] = [:]
        var otherDrops = 0
        var isEmpty: Bool { tooLong == 0 && drops.isEmpty }
    }

    /// Reasons that are kept apart; a middleware may give each line its own.
    private static let reasons = 8

    private let log: Log
    private let counts = Mutex(Counts())
    private let (signals, signal) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(_ log: Log) { self.log = log }

    /// Notes a line that was cut.
    func noteTooLong() {
        counts.withLock { $0.tooLong += 1 }
        signal.yield()
    }

    /// Notes what the bus has dropped of the lines it was given.
    func note(_ receipts: [Receipt]) {
        var found = false
        for receipt in receipts {
            guard case .drop(let reason, let code) = receipt.verdict else { continue }
            add(Drop(code: code, reason: reason))
            found = true
        }
        if found { signal.yield() }
    }

    private func add(_ drop: Drop) {
        counts.withLock { counts in
            if counts.drops[drop] != nil || counts.drops.count < Self.reasons {
                counts.drops[drop, default: 0] += 1
            } else {
                counts.otherDrops += 1
            }
        }
    }

    /// Tells what there is to tell, until the task is cancelled.
    func tell() async {
        for await _ in signals {
            tellNow()
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// Tells what has not been told yet.
    func tellNow() {
        let counts = counts.withLock { counts in
            defer { counts = Counts() }
            return counts
        }
        if counts.tooLong > 0 {
            log.warning(
                "\(Self.lines(counts.tooLong)) longer than \(Stdio.longestLine) bytes cut")
        }
        let drops = counts.drops.sorted { ($1.value, $0.key.code) < ($0.value, $1.key.code) }
        for (drop, count) in drops {
            let reason = [drop.code, drop.reason].filter { !$0.isEmpty }.joined(separator: ", ")
            log.info("\(Self.lines(count)) dropped: \(reason)")
        }
        if counts.otherDrops > 0 {
            log.info("\(Self.lines(counts.otherDrops)) dropped for other reasons")
        }
    }

    private static func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }
}
