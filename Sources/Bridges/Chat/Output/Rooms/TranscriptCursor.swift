import MessageBus

/// A reader's position in a room's transcript: the lines it skips, its end, and the store's place
/// in continuing it when the transcript has overtaken it.
///
/// Owned by the output of a connection; confined to the bus's loop.
package struct TranscriptCursor {
    /// The origin of the next lines.
    private enum Backing {
        /// The transcript. The anchor is the reader's position among the messages when it last
        /// stood still, from which the store could continue.
        case transcript(anchor: StoreCatchUp?)
        /// The store, from a position on, because the transcript no longer has the next lines.
        case store(StoreCatchUp)
    }

    /// Counts of the lines passed, from which the number of messages sent is computed.
    private struct Tally {
        /// The earliest line at which the cursor has stood.
        ///
        /// A replay that the transcript continues may end before the line where the reader began.
        var start: TranscriptLine = 0
        /// Lines of the transcript that only continue a message, at the beginning and now.
        var (firstContinuations, continuations) = (0, 0)
        /// Lines that the reader said itself.
        var own = 0
        /// Lines that were left out.
        var skipped = 0
        /// Lines of a replay, which the transcript does not number.
        var replayed = 0
    }

    /// The end of what it reads.
    private struct Limit {
        let position: TranscriptOffset
        let line: TranscriptLine
        let number: MessageNumber
    }

    package let transcript: Transcript
    package private(set) var position: TranscriptOffset
    /// The number of the line it is at; known while it stands still.
    private var line: TranscriptLine
    private var backing = Backing.transcript(anchor: nil)
    private var own = OwnMessageRanges()
    private var limit: Limit?
    /// The end of the line of which the first bytes were taken; `nil` at the beginning of a line.
    ///
    /// Among plain lines it is a position in the line instead, and the end is looked for when it is
    /// needed.
    private var lineEnd: TranscriptOffset?
    /// True if a store can be asked.
    private let isStoreBacked: Bool
    /// The facts about the lines that it has passed.
    private var tally = Tally()
    /// The number of the last message before the position at which the cursor began, while earlier
    /// messages are replayed: those have no lines in the transcript that could be counted.
    private var replayEnd: MessageNumber?

    /// Begins at the end of a transcript.
    ///
    /// - Parameter isStoreBacked: whether a store has what the transcript no longer holds.
    package init(atEndOf transcript: Transcript, isStoreBacked: Bool) {
        self.transcript = transcript
        self.isStoreBacked = isStoreBacked
        position = transcript.head
        line = transcript.lines
        tally.start = line
        tally.firstContinuations = transcript.continuations
        tally.continuations = tally.firstContinuations
    }

    /// Messages that the reader was sent, as of the last time it stood still or had everything.
    ///
    /// May be too large, by the lines that continue a message, until it has everything.
    package var delivered: Int {
        let passed = (line > tally.start ? line - tally.start : 0) + tally.replayed
        let others = passed - tally.skipped - (tally.own == 0 ? 0 : tally.own - own.lines)
        return max(0, others - (tally.continuations - tally.firstContinuations))
    }

    /// Lines that were left out.
    package var skipped: Int { tally.skipped }

    /// Lines that wait to be sent, as of the last time it stood still or had everything.
    package var waiting: Int {
        let end = limit?.line ?? transcript.lines
        return end > line ? max(0, end - line - own.lines) : 0
    }

    /// Begins behind a message, and at the present end of a transcript once what comes after that
    /// message was replayed from the store or the log.
    ///
    /// - Parameters:
    ///   - number: the last message that the reader has.
    ///   - end: the last message in front of the transcript's end; it is marked there.
    ///   - isStoreBacked: whether a store has what the transcript no longer holds.
    init(
        after number: MessageNumber, in transcript: Transcript, end: MessageNumber,
        isStoreBacked: Bool
    ) {
        self.init(atEndOf: transcript, isStoreBacked: isStoreBacked)
        guard number < end else { return }
        backing = .store(StoreCatchUp(number: number, linesSent: 0))
        replayEnd = end
    }

    /// The current end of what it reads.
    private var end: TranscriptOffset { limit?.position ?? transcript.head }
    /// True if it has read everything.
    package var isAtEnd: Bool { catchUp == nil && position >= end }
    /// True if the next lines are not taken from the transcript: it no longer has them, or the
    /// store is not done with them.
    package var isOvertaken: Bool {
        catchUp != nil || position < min(transcript.tail, limit?.position ?? .max)
    }
    /// The last message that it reads, once that is known.
    package var lastNumber: MessageNumber? { limit?.number }
    /// Ranges of its own lines that are still to be skipped.
    package var ownRanges: Int { own.count }

    /// Returns whether the reader said a message itself and does not want it back.
    package func isOwn(_ number: MessageNumber) -> Bool { own.contains(number) }

    /// Records a range of lines that the reader said itself.
    package mutating func passOver(_ run: Transcript.Run) {
        own.append(run)
        tally.own += run.lines
    }

    /// Sets the end to the room's current end.
    ///
    /// - Parameter number: the last message before that end.
    package mutating func end(at number: MessageNumber) {
        guard limit == nil else { return }
        limit = Limit(position: transcript.head, line: transcript.lines, number: number)
    }

    // MARK: - Reading

    /// Returns the end of the range to read next, up to a place; `nil` if there is none.
    package mutating func nextEnd(before place: TranscriptOffset?) -> TranscriptOffset? {
        position = own.pass(at: position)
        let end = min(end, place ?? .max, own.nextStart ?? .max)
        return position < end ? end : nil
    }

    /// Returns the bytes up to a place, or as many of them as are contiguous.
    @safe package func span(to end: TranscriptOffset) -> UnsafeRawBufferPointer {
        unsafe transcript.span(from: position, to: end)
    }

    /// Advances over the first bytes of a span.
    ///
    /// - Parameter end: the end of the range, at the end of a line.
    @safe mutating func advance(
        over span: UnsafeRawBufferPointer, by count: Int, of end: TranscriptOffset
    ) {
        guard count > 0 else { return }
        let start = lineEnd ?? position
        position += count
        if position == end {
            lineEnd = nil
        } else if transcript.framing == .lines {
            lineEnd = unsafe span[count - 1] == UInt8(ascii: "\n") ? nil : position
        } else if position >= start {
            let boundary = transcript.boundary(atOrAfter: position, from: start)
            lineEnd = boundary == position ? nil : boundary
        }
    }

    /// Copies the rest of a line that was sent in part, so that the cursor stands at the beginning
    /// of a line and the ring may go on.
    mutating func finishLine(into due: inout OutputQueue) {
        guard let lineEnd else { return }
        self.lineEnd = nil
        let isPlain = transcript.framing == .lines
        copyLines(upTo: isPlain ? transcript.endOfLine(at: position) : lineEnd, into: &due)
    }

    /// Copies everything up to a place.
    mutating func copyLines(upTo end: TranscriptOffset, into due: inout OutputQueue) {
        while position < end {
            let piece = span(to: end)
            unsafe due.append(piece)
            position += piece.count
        }
    }

    /// Records the current line because nothing is sent for some time.
    package mutating func recordPause() {
        guard case .transcript = backing, position >= transcript.tail else { return }
        line = transcript.line(at: position)
        backing = .transcript(
            anchor: isStoreBacked ? StoreCatchUp(transcript, at: position, line: line) : nil)
    }

    /// Records the current line because everything is sent.
    package mutating func recordUpToDate() {
        guard position == transcript.head else { return }
        line = transcript.lines
        tally.continuations = transcript.continuations
    }

    // MARK: - Falling behind

    /// Continues at the current line, or at the oldest one kept, and returns how many were left
    /// out.
    package mutating func skip() -> Int {
        // The store may have delivered lines that the transcript still has.
        var oldest = transcript.place(ofLine: line)
        // Lines after the end of what it reads are no loss.
        if let limit, limit.position < oldest.position { oldest = (limit.position, limit.line) }
        let missed = oldest.line > line ? oldest.line - line : 0
        let ownMissed = own.skip(to: oldest, in: transcript)
        position = oldest.position
        line = oldest.line
        let othersMissed = missed - min(missed, ownMissed)
        tally.skipped += othersMissed
        return othersMissed
    }

    /// Continues at the end, and returns how many lines of others were left out.
    package mutating func skipToEnd() -> Int {
        let missed = transcript.lines - transcript.line(at: position) - own.lines
        tally.skipped += missed
        position = transcript.head
        own = OwnMessageRanges()
        return missed
    }

    // MARK: - Going on from the store

    /// The position from which the store continues; `nil` while the transcript has the next lines.
    package var catchUp: StoreCatchUp? {
        if case .store(let catchUp) = backing { catchUp } else { nil }
    }

    /// Switches to the store, unless that is done; returns false if that is impossible.
    package mutating func turnToStore() -> Bool {
        switch backing {
        case .store: return true
        case .transcript(nil): return false
        case .transcript(let anchor?):
            backing = .store(anchor)
            return true
        }
    }

    /// Stops using the store; lines that it has not delivered are skipped.
    ///
    /// Returns how many messages of a replay may have been left out, by their numbers; the lines
    /// that the transcript has had are counted by `skip()`.
    @discardableResult
    package mutating func abandonStore() -> Int {
        let missed = replayEnd.map { $0 - min($0, catchUp?.number ?? $0) } ?? 0
        replayEnd = nil
        backing = .transcript(anchor: nil)
        return Int(clamping: missed)
    }

    /// Continues after the stored lines up to a message, and returns how many lines were left out.
    package mutating func advance(past stored: EncodedPage, through number: MessageNumber) -> Int {
        guard let begun = catchUp else { return 0 }
        if let replayEnd {
            let numbered = stored.lines(after: replayEnd)
            line += numbered
            tally.replayed += stored.count - numbered
            if number >= replayEnd { self.replayEnd = nil }
        } else {
            line += stored.count
        }
        backing = .store(StoreCatchUp(number: number, linesSent: 0))
        if let limit, number >= limit.number {
            return leaveStore(for: limit.position, at: limit.line, anchor: nil)
        }
        guard let mark = transcript.mark(upTo: number), mark.number > begun.number,
            mark.number == number || isStoreBacked && willStay(mark)
        else { return 0 }
        let lines = stored.lines(after: mark.number)
        return leaveStore(
            for: transcript.position(behind: mark, lines: lines), at: mark.line + lines,
            anchor: StoreCatchUp(number: mark.number, linesSent: lines))
    }

    /// Returns whether the transcript has everything after a mark, and will have it for some time.
    private func willStay(_ mark: Transcript.Mark) -> Bool {
        mark.position - transcript.tail > transcript.capacity / 4
    }

    private mutating func leaveStore(
        for position: TranscriptOffset, at place: TranscriptLine, anchor: StoreCatchUp?
    ) -> Int {
        backing = .transcript(anchor: anchor)
        self.position = position
        own.forget(before: position)
        // The transcript may have had all that was still to be replayed.
        replayEnd = nil
        defer { line = place }
        tally.start = min(tally.start, place)
        let missed = place > line ? place - line : 0
        tally.skipped += missed
        return missed
    }
}
