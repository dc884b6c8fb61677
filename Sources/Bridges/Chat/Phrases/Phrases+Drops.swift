import MessageBus

// The answers to senders whose messages a middleware dropped.
extension Phrases {
    /// Returns the line that gives the reason, ending included.
    package func line(_ drop: Drop) -> [UInt8] {
        let ownReason = drop.code == AnswerCode.rateLimited.rawValue ? rateLimited : dropped
        let text = answer(code: drop.code, drop.reason.isEmpty ? ownReason : drop.reason)
        // A reason is any text, and may quote the message.
        var line = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// Returns the lines for several messages, in the order of the messages and not of the steps
    /// that dropped them.
    package func lines(_ drops: [(index: Int, drop: Drop)]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: (drop: Drop, line: [UInt8])?
        for (_, drop) in drops.sorted(by: { $0.index < $1.index }) {
            // A flood has the same reason many times; its line is made once.
            if last?.drop != drop { last = (drop, line(drop)) }
            bytes.append(contentsOf: last?.line ?? [])
        }
        return bytes
    }
}
