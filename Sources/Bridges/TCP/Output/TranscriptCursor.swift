import Chat
import MessageBus

/// A reader's place in a room's transcript: what it passes over, where it ends, and where the store
/// carries it on when the transcript has gone on without it.
///
/// Confined to the bus's loop.
struct TranscriptCursor {
    /// Where the lines come from that it gets next.
    private enum Source {
        /// The transcript. The anchor is where it was among the messages when it last stood still:
        /// from there the store could carry it on.
        case transcript(anchor: StoreCatchUp?)
        /// The store, from a place on, because the transcript no longer has what comes next.
        case store(StoreCatchUp)
    }

    /// The last it is to read.
    private struct Limit {
        let position: TranscriptOffset
        let line: TranscriptLine
        let number: UInt64
    }

    let transcript: Transcript
    private(set) var position: TranscriptOffset
    /// Which line it is at; known while it stands still.
    private var line: TranscriptLine
    private var connectionID = Source.transcript(anchor: nil)
    private var own = OwnMessageRanges()
    private var limit: Limit?
    /// Whether the last byte taken was not a line's last.
    private var isInLine = false
    /// Whether a store can be asked.
    private let isCarriedOn: Bool

    /// Begins at the end of a transcript.
    ///
    /// - Parameter isCarriedOn: whether a store has what the transcript lets go.
    init(atEndOf transcript: Transcript, isCarriedOn: Bool) {
        self.transcript = transcript
        self.isCarriedOn = isCarriedOn
        position = transcript.head
        line = transcript.lines
    }

    /// Where it ends at present.
    private var end: TranscriptOffset { limit?.position ?? transcript.head }
    /// Whether it has read everything.
    var isAtEnd: Bool { catchUp == nil && position >= end }
    /// Whether the transcript no longer has what comes next.
    var isOvertaken: Bool { position < min(transcript.tail, limit?.position ?? .max) }
    /// The last message it is to read, once that is known.
    var lastNumber: UInt64? { limit?.number }
    /// Stretches of its own that wait to be passed over.
    var ownRanges: Int { own.count }

    /// Whether the reader said a message itself and does not want it back.
    func isOwn(_ number: UInt64) -> Bool { own.contains(number) }

    /// Remembers a stretch that the reader said itself.
    mutating func passOver(_ run: Transcript.Run) { own.append(run) }

    /// Ends where the room is now.
    ///
    /// - Parameter number: the last message until then.
    mutating func end(at number: UInt64) {
        guard limit == nil else { return }
        limit = Limit(position: transcript.head, line: transcript.lines, number: number)
    }

    // MARK: - Reading

    /// Where the stretch ends that is read next, up to a place at most; `nil` if there is none.
    mutating func nextEnd(before place: TranscriptOffset?) -> TranscriptOffset? {
        position = own.pass(at: position)
        let end = min(end, place ?? .max, own.nextStart ?? .max)
        return position < end ? end : nil
    }

    /// The bytes up to a place, or as many of them as lie in a row.
    func span(to end: TranscriptOffset) -> UnsafeRawBufferPointer {
        transcript.span(from: position, to: end)
    }

    /// Goes on behind the first bytes of a span.
    mutating func advance(over span: UnsafeRawBufferPointer, by count: Int) {
        position += count
        if count > 0 { isInLine = span[count - 1] != UInt8(ascii: "\n") }
    }

    /// Takes the rest of a line that was cut in sending out of the transcript, so that the cursor
    /// stands at a line's beginning and the ring may go on.
    mutating func finishLine(into due: inout OutputQueue) {
        guard isInLine else { return }
        isInLine = false
        take(upTo: transcript.endOfLine(at: position), into: &due)
    }

    /// Copies what stands up to a place.
    mutating func take(upTo end: TranscriptOffset, into due: inout OutputQueue) {
        while position < end {
            let piece = span(to: end)
            due.append(piece)
            position += piece.count
        }
    }

    /// Notes which line it is at, as the kernel takes no more.
    mutating func standStill() {
        guard case .transcript = connectionID, position >= transcript.tail else { return }
        line = transcript.line(at: position)
        connectionID = .transcript(
            anchor: isCarriedOn ? StoreCatchUp(transcript, at: position, line: line) : nil)
    }

    /// Notes which line it is at, as everything is sent.
    mutating func noteUpToDate() { if position == transcript.head { line = transcript.lines } }

    // MARK: - Falling behind

    /// Goes on at the line it is at, or at the oldest kept, and returns how many were left out.
    mutating func skip() -> Int {
        // The store may have given lines that the transcript still has.
        var oldest = transcript.place(ofLine: line)
        // What was said after the last it is to read is no loss.
        if let limit, limit.position < oldest.position { oldest = (limit.position, limit.line) }
        let missed = oldest.line > line ? oldest.line - line : 0
        let ownMissed = own.skip(to: oldest, in: transcript)
        position = oldest.position
        line = oldest.line
        return missed - min(missed, ownMissed)
    }

    /// Goes on at the end, and returns how many lines of others were left out.
    mutating func skipToEnd() -> Int {
        let missed = transcript.lines - transcript.line(at: position) - own.lines
        position = transcript.head
        own = OwnMessageRanges()
        return missed
    }

    // MARK: - Going on from the store

    /// Where the store is to carry it on; `nil` while the transcript has what comes next.
    var catchUp: StoreCatchUp? {
        if case .store(let catchUp) = connectionID { catchUp } else { nil }
    }

    /// Turns to the store, unless it has done so; false if that can't be.
    mutating func turnToStore() -> Bool {
        switch connectionID {
        case .store: return true
        case .transcript(nil): return false
        case .transcript(let anchor?):
            connectionID = .store(anchor)
            return true
        }
    }

    /// Does without the store: what it has not given is skipped.
    mutating func abandonStore() { connectionID = .transcript(anchor: nil) }

    /// Goes on behind what the store had up to a number, and returns how many lines were left out.
    mutating func carryOn(_ stored: EncodedPage, through number: UInt64) -> Int {
        guard let begun = catchUp else { return 0 }
        line += stored.count
        connectionID = .store(StoreCatchUp(number: number, linesSent: 0))
        if let limit, number >= limit.number {
            return leaveStore(for: limit.position, at: limit.line, anchor: nil)
        }
        guard let mark = transcript.mark(upTo: number), mark.number > begun.number,
            mark.number == number || willStay(mark)
        else { return 0 }
        let lines = stored.lines(after: mark.number)
        return leaveStore(
            for: transcript.position(behind: mark, lines: lines), at: mark.line + lines,
            anchor: StoreCatchUp(number: mark.number, linesSent: lines))
    }

    /// Whether the transcript has everything from a mark on, and will have it for some time.
    private func willStay(_ mark: Transcript.Mark) -> Bool {
        mark.position - transcript.tail > transcript.capacity / 4
    }

    private mutating func leaveStore(
        for position: TranscriptOffset, at place: TranscriptLine, anchor: StoreCatchUp?
    ) -> Int {
        connectionID = .transcript(anchor: anchor)
        self.position = position
        own.forget(before: position)
        defer { line = place }
        return place > line ? place - line : 0
    }
}
