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
    var lines: Int { runs.reduce(0) { $0 + $1.lines } }
    /// Where the next one begins.
    var nextStart: TranscriptOffset? { runs.first?.start }

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
    mutating func pass(at position: TranscriptOffset) -> TranscriptOffset {
        var position = position
        while let first = runs.first, first.start <= position {
            position = max(position, first.end)
            runs.removeFirst()
        }
        return position
    }

    /// Takes away what lies before a line, and returns how many lines that was.
    mutating func skip(
        to place: (position: TranscriptOffset, line: TranscriptLine), in transcript: Transcript
    ) -> Int {
        var skipped = 0
        while let first = runs.first, first.start < place.position {
            guard first.end > place.position else {
                skipped += first.lines
                runs.removeFirst()
                continue
            }
            let kept = min(first.lines, transcript.line(at: first.end) - place.line)
            skipped += first.lines - kept
            runs[0] = Transcript.Run(
                connectionID: first.connectionID, start: place.position, end: first.end,
                lines: kept,
                numbers: first.numbers)
            break
        }
        return skipped
    }

    /// Forgets those that end at a place or before it.
    mutating func forget(before position: TranscriptOffset) {
        runs.removeAll { $0.end <= position }
    }
}
