import MessageBus
import Sockets

/// What one connection is still owed: a cursor in a room's transcript and answers of its own, each
/// at its place among the room's lines.
///
/// Confined to the bus's loop.
struct Outflow {
    /// How sending went.
    enum Progress {
        /// Everything is with the kernel.
        case upToDate
        /// The kernel takes no more at present.
        case blocked
        /// What comes next has to be fetched from the store.
        case behind
        /// The connection is broken.
        case broken
    }

    private struct Mark {
        let position: UInt64
        let end: Int
    }

    /// The last it is to read.
    private struct Limit {
        let position: UInt64
        let line: UInt64
        let number: UInt64
    }

    private(set) var transcript: Transcript?
    private var cursor: UInt64 = 0
    /// The rest of a line of which a part is sent, answers that are due, and what was fetched from
    /// the store.
    private var rest: [UInt8] = []
    private var sentOfRest = 0
    /// Whether the rest is the room's, from the store.
    private var restIsStored = false
    /// Answers, and where each belongs.
    private var answers: [UInt8] = []
    private var marks: [Mark] = []
    /// How much of both is taken already.
    private var taken = 0
    private var firstMark = 0
    /// What the connection said itself and does not want back.
    private var holes: [Transcript.Run] = []
    /// Whether the last byte sent was not a line's last.
    private var isInLine = false
    /// Which line the cursor is at; known while blocked, and whenever everything is sent.
    private var line: UInt64 = 0
    /// Whether the kernel took no more the last time.
    private(set) var isBlocked = false
    /// Where reading ends, once it is to end.
    private var limit: Limit?
    /// Where the cursor was among the messages when the kernel took no more.
    private var anchor: Replay?
    /// What the transcript no longer has and the store is asked for.
    private(set) var replay: Replay?
    /// Whether a store can be asked.
    private var isCarriedOn = false

    /// Lines left out because the buffer had gone on.
    private(set) var skipped: UInt64 = 0

    /// Bytes of answers that wait.
    var waitingBytes: Int {
        (restIsStored ? 0 : rest.count - sentOfRest) + answers.count - taken
    }
    /// Places where answers wait.
    var waitingMarks: Int { marks.count - firstMark }
    /// Stretches to be passed over that wait.
    var waitingHoles: Int { holes.count }
    /// Whether nothing is owed at present.
    var isUpToDate: Bool {
        rest.isEmpty && marks.isEmpty && replay == nil
            && cursor >= limit?.position ?? transcript?.head ?? 0
    }

    /// Reads a transcript from its end on.
    ///
    /// - Parameter isCarriedOn: whether a store has what the transcript lets go.
    mutating func attach(to transcript: Transcript, isCarriedOn: Bool = false) {
        self.transcript = transcript
        self.isCarriedOn = isCarriedOn
        (anchor, replay) = (nil, nil)
        cursor = transcript.head
        line = transcript.lines
    }

    /// Adds an answer behind all that the room has said so far.
    mutating func answer(_ bytes: [UInt8]) {
        answers.append(contentsOf: bytes)
        let position = transcript?.head ?? 0
        if marks.count > firstMark, marks[marks.count - 1].position == position {
            marks.removeLast()
        }
        marks.append(Mark(position: position, end: answers.count))
    }

    /// Remembers a stretch that the connection said itself.
    mutating func passOver(_ run: Transcript.Run) {
        if let last = holes.indices.last, holes[last].end == run.start {
            holes[last].end = run.end
            holes[last].lines += run.lines
            holes[last].numbers = holes[last].numbers.lowerBound...run.numbers.upperBound
        } else {
            holes.append(run)
        }
    }

    /// Ends reading where the room is now; what is owed until then still goes out.
    ///
    /// - Parameter number: the last message until then.
    mutating func end(at number: UInt64) {
        guard limit == nil else { return }
        limit = Limit(
            position: transcript?.head ?? 0, line: transcript?.lines ?? 0, number: number)
    }
    /// The last message it is to read, once that is known.
    var lastNumber: UInt64? { limit?.number }

    /// Sends as much as the kernel takes.
    mutating func pump(_ connection: Connection, skipNotice: (UInt64) -> [UInt8]) -> Progress {
        while true {
            if !rest.isEmpty {
                if let stop = sendRest(connection) { return stop }
                continue
            }
            if let transcript, cursor < min(transcript.tail, limit?.position ?? .max) {
                if beginReplay() { return .behind }
                skip(transcript, skipNotice)
                continue
            }
            if let mark = nextMark, mark.position <= cursor {
                takeAnswers()
                continue
            }
            passHoles()
            guard let transcript, let end = nextStop(transcript), cursor < end else {
                if let mark = nextMark, mark.position <= cursor { continue }
                isBlocked = false
                if let transcript, cursor == transcript.head { line = transcript.lines }
                return .upToDate
            }
            if let stop = sendSpan(connection, transcript, to: end) { return stop }
        }
    }

    private func nextStop(_ transcript: Transcript) -> UInt64? {
        var end = limit?.position ?? transcript.head
        if let mark = nextMark { end = min(end, mark.position) }
        if let first = holes.first { end = min(end, first.start) }
        return end
    }

    private mutating func passHoles() {
        while let first = holes.first, first.start <= cursor {
            cursor = max(cursor, first.end)
            holes.removeFirst()
        }
    }

    private mutating func sendSpan(
        _ connection: Connection, _ transcript: Transcript, to end: UInt64
    ) -> Progress? {
        let span = transcript.span(from: cursor, to: end)
        switch connection.send(span) {
        case .bytes(let count):
            cursor += UInt64(count)
            if count > 0 { isInLine = span[count - 1] != 0x0A }
            if count == span.count { return nil }
            finishLine(transcript)
            return block(transcript)
        case .wouldBlock:
            // A line may lie around the end of the ring, and only its first piece be sent.
            finishLine(transcript)
            return block(transcript)
        case .end, .failed: return .broken
        }
    }

    /// Takes the rest of a line that was cut in sending out of the transcript, so that the cursor
    /// stands at a line's beginning and the ring may go on.
    private mutating func finishLine(_ transcript: Transcript) {
        guard isInLine else { return }
        isInLine = false
        let end = transcript.endOfLine(at: cursor)
        while cursor < end {
            let piece = transcript.span(from: cursor, to: end)
            rest.append(contentsOf: piece)
            cursor += UInt64(piece.count)
        }
    }

    private mutating func block(_ transcript: Transcript?) -> Progress {
        isBlocked = true
        if let transcript, replay == nil, cursor >= transcript.tail {
            line = transcript.line(at: cursor)
            anchor = isCarriedOn ? Replay(transcript, at: cursor, line: line) : nil
        }
        return .blocked
    }

    private mutating func sendRest(_ connection: Connection) -> Progress? {
        let outcome = rest.withUnsafeBytes { bytes in
            connection.send(UnsafeRawBufferPointer(rebasing: bytes[sentOfRest...]))
        }
        switch outcome {
        case .bytes(let count):
            sentOfRest += count
            guard sentOfRest == rest.count else { return block(transcript) }
            rest = []
            sentOfRest = 0
            restIsStored = false
            return nil
        case .wouldBlock: return block(transcript)
        case .end, .failed: return .broken
        }
    }

    /// Moves the answers that are due in front of everything else.
    private mutating func takeAnswers() {
        let start = taken
        while let mark = nextMark, mark.position <= cursor {
            taken = mark.end
            firstMark += 1
        }
        rest.append(contentsOf: answers[start..<taken])
        if firstMark == marks.count {
            answers.removeAll(keepingCapacity: answers.count <= 4_096)
            marks.removeAll(keepingCapacity: marks.count <= 64)
            (taken, firstMark) = (0, 0)
        }
    }

    /// The place of the next answers that wait.
    private var nextMark: Mark? { firstMark < marks.count ? marks[firstMark] : nil }

    /// Goes on at the line it is at, or at the oldest kept, and says how many were left out.
    private mutating func skip(_ transcript: Transcript, _ notice: (UInt64) -> [UInt8]) {
        // The store may have given lines that the transcript still has.
        var oldest = transcript.place(ofLine: line)
        // What was said after the last it is to read is no loss.
        if let limit, limit.position < oldest.position { oldest = (limit.position, limit.line) }
        var missed = oldest.line > line ? oldest.line - line : 0
        while let first = holes.first, first.start < oldest.position {
            let kept =
                first.end > oldest.position ? transcript.line(at: first.end) - oldest.line : 0
            missed -= min(missed, UInt64(first.lines) - min(UInt64(first.lines), kept))
            holes.removeFirst()
            if first.end > oldest.position {
                holes.insert(rest(of: first, from: oldest.position, lines: Int(kept)), at: 0)
                break
            }
        }
        cursor = oldest.position
        line = oldest.line
        skipped += missed
        if !marks.isEmpty { takeAnswers() }
        if missed > 0 { rest.append(contentsOf: notice(missed)) }
    }

    private func rest(of run: Transcript.Run, from start: UInt64, lines: Int) -> Transcript.Run {
        Transcript.Run(
            source: run.source, start: start, end: run.end, lines: lines, numbers: run.numbers)
    }

    /// Takes leave of a transcript: what is still owed of it is copied, as long as it is not much.
    ///
    /// - Parameter bound: bytes of lines to copy at most; what is more counts as skipped. Answers
    ///   have their own bound, and a long one takes no line away.
    mutating func detach(bound: Int = 256 << 10, skipNotice: (UInt64) -> [UInt8]) {
        guard let transcript else { return }
        abandonReplay()
        if cursor < transcript.tail { skip(transcript, skipNotice) }
        var copied = 0
        while cursor < transcript.head || !marks.isEmpty {
            if let mark = nextMark, mark.position <= cursor { takeAnswers() }
            passHoles()
            guard let end = nextStop(transcript), cursor < end else {
                if marks.isEmpty { break } else { continue }
            }
            if copied + Int(end - cursor) > bound {
                let own = holes.reduce(0) { $0 + UInt64($1.lines) }
                let missed = transcript.lines - transcript.line(at: cursor) - own
                skipped += missed
                if missed > 0 { rest.append(contentsOf: skipNotice(missed)) }
                cursor = transcript.head
                holes = []
                continue
            }
            let span = transcript.span(from: cursor, to: end)
            rest.append(contentsOf: span)
            copied += span.count
            cursor += UInt64(span.count)
        }
        holes = []
        self.transcript = nil
        cursor = 0
    }
}

// MARK: - Going on from the store

extension Outflow {
    /// Begins to read what the transcript no longer has from the store, unless it has begun.
    ///
    /// Returns false if that can't be.
    private mutating func beginReplay() -> Bool {
        if replay == nil {
            replay = anchor
            anchor = nil
        }
        isBlocked = false
        return replay != nil
    }

    /// Whether the connection said a message itself and does not want it back.
    func isOwn(_ number: UInt64) -> Bool { holes.contains { $0.numbers.contains(number) } }

    /// Takes what the store had behind the place of the replay, up to a number.
    mutating func carryOn(
        _ stored: StoredLines, through number: UInt64, skipNotice: (UInt64) -> [UInt8]
    ) {
        guard let begun = replay, let transcript else { return }
        if !stored.bytes.isEmpty {
            rest.append(contentsOf: stored.bytes)
            restIsStored = true
        }
        line += stored.count
        replay = Replay(number: number, linesSent: 0)
        if let limit, number >= limit.number {
            end(replay: limit.position, at: limit.line, anchor: nil, skipNotice)
        } else if let mark = transcript.mark(upTo: number), mark.number > begun.number,
            mark.number == number
                || mark.position - transcript.tail > UInt64(transcript.capacity / 4)
        {
            // From here on the transcript has everything, and for some time to come.
            let lines = stored.lines(after: mark.number)
            end(
                replay: transcript.position(behind: mark, lines: lines), at: mark.line + lines,
                anchor: Replay(number: mark.number, linesSent: Int(lines)), skipNotice)
        }
    }

    private mutating func end(
        replay position: UInt64, at place: UInt64, anchor: Replay?, _ notice: (UInt64) -> [UInt8]
    ) {
        replay = nil
        self.anchor = anchor
        cursor = position
        holes.removeAll { $0.end <= position }
        if place > line {
            skipped += place - line
            rest.append(contentsOf: notice(place - line))
        }
        line = place
    }

    /// Does without the store: what it has not given is skipped.
    mutating func abandonReplay() { (anchor, replay) = (nil, nil) }
}
