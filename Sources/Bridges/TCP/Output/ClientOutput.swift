import Chat
import MessageBus
import Sockets

/// What one connection is still owed: a room's lines from its cursor on, and answers of its own,
/// each at its place among them.
///
/// Confined to the bus's loop.
struct ClientOutput {
    /// How sending went.
    enum Progress {
        /// Everything is with the kernel.
        case upToDate
        /// The kernel takes no more at present.
        case blocked
        /// What comes next has to be fetched from the store.
        case behind
        /// The next piece of a list has to be produced.
        case atList
        /// The connection is broken.
        case broken
    }

    /// Where it reads; `nil` in no room.
    private(set) var cursor: TranscriptCursor?
    private var answers = PendingAnswers()
    /// What goes out before all else.
    private var due = OutputQueue()
    /// Whether the kernel took no more the last time.
    private(set) var isBlocked = false
    /// Whether what comes next is a piece of a list that is not produced yet.
    private(set) var awaitsList = false
    /// Lists that have not ended, and what they hold apart from their pieces.
    private var lists = (count: 0, bytes: 0)
    /// Bytes the kernel was given since the beginning.
    private(set) var sentBytes: UInt64 = 0

    /// Bytes of answers that wait, and what lists hold that do.
    var waitingBytes: Int { due.waitingCount + answers.byteCount + lists.bytes }
    /// Bytes that its lists hold apart from their pieces.
    var heldByLists: Int { lists.bytes }
    /// Bytes that its lists hold and may hold.
    var listBytes: Int { lists.bytes + lists.count * AnswerLists.pieceBytes }
    /// The list of which a piece is due.
    var list: (any AnswerList)? { due.list }
    /// Whether nothing can be sent before something else happens.
    var isHeldUp: Bool { isBlocked || awaitsList }
    /// Places where answers wait.
    var waitingPlaces: Int { answers.placeCount }
    /// Stretches of its own that wait to be passed over.
    var ownRanges: Int { cursor?.ownRanges ?? 0 }
    /// Whether nothing is owed at present.
    var isUpToDate: Bool { due.isEmpty && answers.isEmpty && cursor?.isAtEnd ?? true }

    private var position: TranscriptOffset { cursor?.position ?? 0 }

    /// Reads a transcript from its end on.
    ///
    /// - Parameter isCarriedOn: whether a store has what the transcript lets go.
    mutating func attach(to transcript: Transcript, isCarriedOn: Bool = false) {
        cursor = TranscriptCursor(atEndOf: transcript, isCarriedOn: isCarriedOn)
    }

    /// Sends bytes in front of all else.
    mutating func sendFirst(_ bytes: [UInt8]) { due.append(bytes) }

    /// Sends nothing but these bytes any more, and what is on its way already; lists there must be
    /// none.
    mutating func sendOnly(_ bytes: [UInt8]) {
        cursor = nil
        answers = PendingAnswers()
        due.append(bytes)
    }

    /// Notes where it is, as it sends nothing for some time.
    mutating func standStill() { cursor?.standStill() }

    /// Adds an answer behind all that the room has said so far.
    mutating func answer(_ bytes: [UInt8]) {
        answers.append(bytes, at: cursor?.transcript.head ?? 0)
    }

    /// Adds a list behind all that the room has said so far.
    mutating func answer(_ list: any AnswerList) {
        lists = (lists.count + 1, lists.bytes + list.heldBytes)
        answers.append(list, at: cursor?.transcript.head ?? 0)
    }

    /// Takes the next piece of the list that is due.
    ///
    /// - Parameter isLast: whether the list ends with it.
    mutating func supply(_ piece: [UInt8], isLast: Bool) {
        if isLast, let list { lists = (lists.count - 1, lists.bytes - list.heldBytes) }
        due.supply(piece, isLast: isLast)
        awaitsList = false
    }

    /// Remembers a stretch that the connection said itself.
    mutating func passOver(_ run: Transcript.Run) { cursor?.passOver(run) }

    /// Ends reading where the room is now; what is owed until then still goes out.
    ///
    /// - Parameter number: the last message until then.
    mutating func end(at number: UInt64) { cursor?.end(at: number) }

    // MARK: - Sending

    /// Sends as much as the kernel takes.
    mutating func pump(_ connection: Connection, skipNotice: (Int) -> [UInt8]) -> Progress {
        while true {
            let stop =
                due.isEmpty ? sendNext(connection, skipNotice: skipNotice) : sendDue(connection)
            if let stop { return stop }
        }
    }

    private mutating func sendDue(_ connection: Connection) -> Progress? {
        switch due.send(on: connection, counting: &sentBytes) {
        case .sent: return nil
        case .blocked: return block()
        case .atList:
            if !awaitsList { cursor?.standStill() }
            awaitsList = true
            isBlocked = false
            return .atList
        case .broken: return .broken
        }
    }

    /// Sends the room's next lines, or finds out what is due before them.
    private mutating func sendNext(
        _ connection: Connection, skipNotice: (Int) -> [UInt8]
    ) -> Progress? {
        if cursor?.isOvertaken == true {
            isBlocked = false
            if cursor?.turnToStore() == true { return .behind }
            skip(skipNotice)
            return nil
        }
        if takeAnswers() { return nil }
        if let end = cursor?.nextEnd(before: answers.nextPlace) {
            return sendLines(connection, to: end)
        }
        // The cursor may have passed its own lines, up to the place of an answer.
        if answers.areDue(at: position) { return nil }
        isBlocked = false
        cursor?.noteUpToDate()
        return .upToDate
    }

    private mutating func sendLines(_ connection: Connection, to end: TranscriptOffset) -> Progress?
    {
        guard let span = cursor?.span(to: end) else { return nil }
        switch connection.send(span) {
        case .bytes(let count):
            sentBytes += UInt64(count)
            cursor?.advance(over: span, by: count)
            if count == span.count { return nil }
        case .wouldBlock: break
        case .end, .failed: return .broken
        }
        // Also where nothing was sent: a line may lie around the end of the ring, and only its first
        // piece have gone out before.
        cursor?.finishLine(into: &due)
        return block()
    }

    private mutating func block() -> Progress {
        isBlocked = true
        cursor?.standStill()
        return .blocked
    }

    /// Moves the answers that are due in front of everything else; false if none are.
    private mutating func takeAnswers() -> Bool { answers.take(dueAt: position, into: &due) }

    /// Leaves out what the transcript no longer has, and says how much that was.
    private mutating func skip(_ notice: (Int) -> [UInt8]) {
        let missed = cursor?.skip() ?? 0
        _ = takeAnswers()
        tell(missed, notice)
    }

    private mutating func tell(_ missed: Int, _ notice: (Int) -> [UInt8]) {
        if missed > 0 { due.append(notice(missed)) }
    }

    // MARK: - Leaving a room

    /// Takes leave of a transcript: what is still owed of it is copied, as long as it is not much.
    ///
    /// - Parameter bound: bytes of lines to copy at most; what is more counts as skipped. Answers
    ///   have their own bound, and a long one takes no line away.
    mutating func detach(bound: Int = 256 << 10, skipNotice: (Int) -> [UInt8]) {
        cursor?.abandonStore()
        if cursor?.isOvertaken == true { skip(skipNotice) }
        var bytesLeft = bound
        while cursor != nil {
            _ = takeAnswers()
            if let end = cursor?.nextEnd(before: answers.nextPlace) {
                let count = end - position
                if count > bytesLeft {
                    tell(cursor?.skipToEnd() ?? 0, skipNotice)
                } else {
                    bytesLeft -= count
                    cursor?.take(upTo: end, into: &due)
                }
            } else if answers.isEmpty {
                cursor = nil
            }
        }
    }

    // MARK: - Going on from the store

    /// Takes what the store had behind the place of the replay, up to a number.
    mutating func carryOn(
        _ stored: EncodedPage, through number: UInt64, skipNotice: (Int) -> [UInt8]
    ) {
        guard cursor?.catchUp != nil else { return }
        due.append(stored: stored.bytes)
        tell(cursor?.carryOn(stored, through: number) ?? 0, skipNotice)
    }

    /// Does without the store: what it has not given is skipped.
    mutating func abandonStore() { cursor?.abandonStore() }
}
