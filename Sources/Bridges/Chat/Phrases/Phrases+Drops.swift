import MessageBus

// What those are told whose messages a middleware dropped.
extension Phrases {
    /// A line that says why, ending included.
    package func line(_ drop: Drop) -> [UInt8] {
        let ownReason = drop.code == AnswerCode.rateLimited.rawValue ? rateLimited : dropped
        let text = answer(code: drop.code, drop.reason.isEmpty ? ownReason : drop.reason)
        // A middleware may say anything, and may quote what it judged.
        var line = Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// The lines for several messages, by message and not by the step that dropped them.
    package func lines(_ drops: [(index: Int, drop: Drop)]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: (drop: Drop, line: [UInt8])?
        for (_, drop) in drops.sorted(by: { $0.index < $1.index }) {
            // Who floods is told the same many times, which is put into words once.
            if last?.drop != drop { last = (drop, line(drop)) }
            bytes.append(contentsOf: last?.line ?? [])
        }
        return bytes
    }
}
