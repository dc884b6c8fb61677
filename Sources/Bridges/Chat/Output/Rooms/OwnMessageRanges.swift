import MessageBus

/// The ranges of a room's transcript that one connection said itself and does not want back.
///
/// Owned by a `TranscriptCursor`; confined to the bus's loop.
struct OwnMessageRanges {
    private var runs: [Transcript.Run] = []

    /// The number of ranges.
    var count: Int { runs.count }
    /// The number of lines in all ranges.
    var lines: Int { runs.reduce(0) { $0 + $1.lines } }
    /// The beginning of the next range.
    var nextStart: TranscriptOffset? { runs.first?.start }

    /// Returns whether a message is in one of them.
    func contains(_ number: MessageNumber) -> Bool { runs.contains { $0.numbers.contains(number) } }

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
    mutating func pass(at position: TranscriptOffset) -> TranscriptOffset {
        var position = position
        while let first = runs.first, first.start <= position {
            position = max(position, first.end)
            runs.removeFirst()
        }
        return position
    }

    /// Removes everything before a line, and returns how many lines that was.
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

    /// Removes the ranges that end at a position or before it.
    mutating func forget(before position: TranscriptOffset) {
        runs.removeAll { $0.end <= position }
    }
}
