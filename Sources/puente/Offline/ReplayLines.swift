import MessageBus
import Wiring

/// The form of a replay's findings on the command line.
struct ReplayLines {
    private let messages: MessageLines

    init(_ messages: MessageLines) { self.messages = messages }

    /// Returns the lines of a finding: the message as it was published, and the verdict that it
    /// would get now.
    func lines(_ finding: Replay.Finding) -> String {
        let place = finding.place.map { "\($0): " } ?? ""
        let step = finding.step.map { " by \(place)\($0)" } ?? ""
        var lines = [messages.lines(finding.message)]
        if let drop = finding.drop {
            let reason = drop.reason.isEmpty ? "" : " \(drop.reason.onOneLine)"
            lines.append("    dropped\(step): [\(drop.code)]\(reason)")
        } else {
            lines.append("    changed\(step): \(finding.text.onOneLine)")
        }
        if let failure = finding.failure { lines.append("    failed: \(failure.onOneLine)") }
        return lines.joined(separator: "\n")
    }

    /// Returns the last line, with the totals.
    func lines(_ sum: Replay.Sum) -> String {
        let messages = sum.judged == 1 ? "1 message" : "\(sum.judged) messages"
        let same = sum.judged - sum.dropped - sum.changed
        let then = sum.droppedThen == 0 ? "" : "; \(sum.droppedThen) were dropped then"
        return """
            \(messages): \(sum.dropped) would be dropped, \(sum.changed) changed, \(same) are the \
            same\(then).
            """
    }
}
