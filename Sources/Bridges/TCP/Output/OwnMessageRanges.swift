import Chat
import MessageBus

/// The ranges of a room's transcript that one connection said itself and does not want back.
///
/// Confined to whoever holds it.
struct OwnMessageRanges {
    private var runs: [Transcript.Run] = []

    /// The number of ranges.
    var count: Int { runs.count }
    /// The number of lines in all ranges.
    var lines: UInt64 { runs.reduce(0) { $0 + UInt64($1.lines) } }
    /// The beginning of the next range.
    var nextStart: UInt64? { runs.first?.start }

    /// Returns whether a message is in one of them.
    func contains(_ number: UInt64) -> Bool { runs.contains { $0.numbers.contains(number) } }

    /// Appends a range behind the others.
    mutating func append(_ run: Transcript.Run) {
        if let last = runs.indices.last, runs[last].end == run.start {
            runs[last].end = run.end
            runs[last].lines += run.lines
            runs[last].numbers = runs[last].numbers.lowerBound...run.numbers.upperBound
        } else {
            runs.append(run)
        }
    }

    /// Removes the ranges that begin at a position or before it, and returns the end of the last
    /// one, or else the position.
    mutating func pass(at position: UInt64) -> UInt64 {
        var position = position
        while let first = runs.first, first.start <= position {
            position = max(position, first.end)
            runs.removeFirst()
        }
        return position
    }

    /// Removes everything before a line, and returns how many lines that was.
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

    /// Removes the ranges that end at a position or before it.
    mutating func forget(before position: UInt64) { runs.removeAll { $0.end <= position } }
}
