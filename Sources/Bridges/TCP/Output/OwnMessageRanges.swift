import Chat
import MessageBus

/// Stretches of a room that one connection said itself and does not want back.
///
/// Confined to the bus's loop.
struct OwnMessageRanges {
    private var runs: [Transcript.Run] = []

    /// Stretches there are.
    var count: Int { runs.count }
    /// Lines in all of them.
    var lines: UInt64 { runs.reduce(0) { $0 + UInt64($1.lines) } }
    /// Where the next one begins.
    var nextStart: UInt64? { runs.first?.start }

    /// Whether a message is in one of them.
    func contains(_ number: UInt64) -> Bool { runs.contains { $0.numbers.contains(number) } }

    /// Adds one behind the others.
    mutating func append(_ run: Transcript.Run) {
        if let last = runs.indices.last, runs[last].end == run.start {
            runs[last].end = run.end
            runs[last].lines += run.lines
            runs[last].numbers = runs[last].numbers.lowerBound...run.numbers.upperBound
        } else {
            runs.append(run)
        }
    }

    /// Takes those away that begin at a place or before it, and returns where the last of them ends,
    /// or the place.
    mutating func pass(at position: UInt64) -> UInt64 {
        var position = position
        while let first = runs.first, first.start <= position {
            position = max(position, first.end)
            runs.removeFirst()
        }
        return position
    }

    /// Takes away what lies before a line, and returns how many lines that was.
    mutating func skip(
        to place: (position: UInt64, line: UInt64), in transcript: Transcript
    ) -> UInt64 {
        var skipped: UInt64 = 0
        while let first = runs.first, first.start < place.position {
            guard first.end > place.position else {
                skipped += UInt64(first.lines)
                runs.removeFirst()
                continue
            }
            let kept = min(UInt64(first.lines), transcript.line(at: first.end) - place.line)
            skipped += UInt64(first.lines) - kept
            runs[0] = Transcript.Run(
                connectionID: first.connectionID, start: place.position, end: first.end,
                lines: Int(kept),
                numbers: first.numbers)
            break
        }
        return skipped
    }

    /// Forgets those that end at a place or before it.
    mutating func forget(before position: UInt64) { runs.removeAll { $0.end <= position } }
}
