import MessageBus
import Sockets

/// The outgoing half of a connection that reads one room: the room's lines from its cursor on, and
/// answers of its own, each at its place among them.
///
/// Owned by its connection; confined to the bus's loop.
package struct ClientOutput: ~Copyable {
    /// The result of sending.
    package enum Progress {
        /// The kernel has everything.
        case upToDate
        /// The kernel takes no more at present.
        case blocked
        /// The next lines must be fetched from the store.
        case behind
        /// The next piece of a list must be produced.
        case atList
        /// The connection is broken.
        case broken
    }

    /// The position in the room's transcript; `nil` in no room.
    package private(set) var cursor: TranscriptCursor?
    private var answers = PendingAnswers()
    /// The bytes that are sent before anything else.
    private var queue = OutputQueue()
    /// True if the kernel took no more the last time.
    package private(set) var isBlocked = false
    /// True if the next bytes are a piece of a list that is not produced yet.
    package private(set) var awaitsList = false
    /// The number of unfinished lists, and the bytes they hold without their pieces.
    private var lists = (count: 0, bytes: 0)
    /// Bytes the kernel was given since the beginning.
    package private(set) var sentBytes: UInt64 = 0

    /// The counts of the rooms that are not read any more.
    private var left = DeliveryCounts()

    /// The counts of all rooms since the beginning.
    package var counts: DeliveryCounts { cursor.map { left + DeliveryCounts($0) } ?? left }

    /// Makes the output of a connection that is in no room.
    package init() {}

    /// Approximate bytes of a piece of a list: they wait for one reader, and are sent to it at
    /// once.
    package static let listPieceBytes = 16 << 10

    /// Bytes of pending answers, and those that pending lists hold.
    package var waitingBytes: Int { queue.waitingCount + answers.byteCount + lists.bytes }
    /// Bytes that its lists hold, without their pieces.
    package var heldByLists: Int { lists.bytes }
    /// Bytes that its lists hold and may come to hold.
    package var listBytes: Int { lists.bytes + lists.count * Self.listPieceBytes }
    /// The list whose next piece must be produced.
    package var list: (any AnswerList)? { queue.list }
    /// True if nothing can be sent before something else happens.
    package var isHeldUp: Bool { isBlocked || awaitsList }
    /// Places with pending answers.
    package var waitingPlaces: Int { answers.placeCount }
    /// Ranges of its own lines that are still to be skipped.
    package var ownRanges: Int { cursor?.ownRanges ?? 0 }
    /// True if nothing is owed at present.
    package var isUpToDate: Bool { queue.isEmpty && answers.isEmpty && cursor?.isAtEnd ?? true }

    private var position: TranscriptOffset { cursor?.position ?? 0 }

    /// Returns whether more bytes of answers wait, or more places of them, or more ranges of its
    /// own lines are to be skipped.
    package func exceeds(bytes: Int, places: Int) -> Bool {
        waitingBytes > bytes || waitingPlaces > places || ownRanges > places
    }

    /// Begins to read a transcript at its end.
    ///
    /// - Parameter isStoreBacked: whether a store has what the transcript no longer holds.
    package mutating func attach(to transcript: Transcript, isStoreBacked: Bool = false) {
        left = counts
        cursor = TranscriptCursor(atEndOf: transcript, isStoreBacked: isStoreBacked)
    }

    /// Queues bytes in front of all else.
    package mutating func sendFirst(_ bytes: [UInt8]) { queue.append(bytes) }

    /// Sends nothing any more but these bytes and what has been queued.
    ///
    /// There must be no lists.
    package mutating func sendOnly(_ bytes: [UInt8]) {
        left = counts
        cursor = nil
        answers = PendingAnswers()
        queue.append(bytes)
    }

    /// Records the position of a cursor that stops for some time.
    package mutating func recordPause() { cursor?.recordPause() }

    /// Adds an answer behind all that the room has said so far.
    package mutating func answer(_ bytes: [UInt8]) {
        answers.append(bytes, at: cursor?.transcript.head ?? 0)
    }

    /// Adds a list behind all that the room has said so far.
    package mutating func answer(_ list: any AnswerList) {
        lists = (lists.count + 1, lists.bytes + list.heldBytes)
        answers.append(list, at: cursor?.transcript.head ?? 0)
    }

    /// Takes the next piece of the list whose turn it is.
    ///
    /// - Parameter isLast: whether the list ends with it.
    package mutating func supply(_ piece: [UInt8], isLast: Bool) {
        if isLast, let list { lists = (lists.count - 1, lists.bytes - list.heldBytes) }
        queue.supply(piece, isLast: isLast)
        awaitsList = false
    }

    /// Records a range of lines that the connection said itself.
    package mutating func passOver(_ run: Transcript.Run) { cursor?.passOver(run) }

    /// Stops reading at the room's current end; what is owed up to there is still sent.
    ///
    /// - Parameter number: the last message before that end.
    package mutating func end(at number: MessageNumber) { cursor?.end(at: number) }

    // MARK: - Sending

    /// Sends as much as the kernel takes.
    package mutating func sendPending(
        _ connection: Connection, skipNotice: (Int) -> [UInt8]
    ) -> Progress {
        if let stop = flush(connection) { return stop }
        while true {
            let stop =
                queue.isEmpty
                ? sendNext(connection, skipNotice: skipNotice) : sendQueued(connection)
            if let stop { return stop }
        }
    }

    /// Sends encrypted bytes that wait for the kernel; returns `nil` if there are none left.
    private mutating func flush(_ connection: Connection) -> Progress? {
        switch connection.flush() {
        case nil: nil
        case .bytes, .wouldBlock: block()
        case .end, .failed: .broken
        }
    }

    private mutating func sendQueued(_ connection: Connection) -> Progress? {
        switch queue.send(on: connection, counting: &sentBytes) {
        case .sent: return nil
        case .blocked: return block()
        case .atList:
            if !awaitsList { cursor?.recordPause() }
            awaitsList = true
            isBlocked = false
            return .atList
        case .broken: return .broken
        }
    }

    /// Sends the room's next lines, or queues the answers that come before them.
    private mutating func sendNext(
        _ connection: Connection, skipNotice: (Int) -> [UInt8]
    ) -> Progress? {
        if cursor?.isOvertaken == true {
            isBlocked = false
            if cursor?.turnToStore() == true { return .behind }
            skip(skipNotice)
            return nil
        }
        if queueDueAnswers() { return nil }
        if let end = cursor?.nextEnd(before: answers.nextPlace) {
            return sendLines(connection, to: end)
        }
        // The cursor may have skipped lines of its own, up to the place of an answer.
        if answers.areDue(at: position) { return nil }
        cursor?.recordUpToDate()
        if connection.hasUnsent { return block() }
        isBlocked = false
        return .upToDate
    }

    private mutating func sendLines(_ connection: Connection, to end: TranscriptOffset) -> Progress?
    {
        guard let span = cursor?.span(to: end) else { return nil }
        switch connection.send(span) {
        case .bytes(let count):
            sentBytes += UInt64(count)
            cursor?.advance(over: span, by: count, of: end)
            if count == span.count { return nil }
        case .wouldBlock: break
        case .end, .failed: return .broken
        }
        // This is done even if nothing was sent: a line may lie around the end of the ring, and its
        // first piece may have gone out before.
        cursor?.finishLine(into: &queue)
        return block()
    }

    private mutating func block() -> Progress {
        isBlocked = true
        cursor?.recordPause()
        return .blocked
    }

    /// Queues the answers whose place is reached; returns whether there were any.
    private mutating func queueDueAnswers() -> Bool { answers.moveDue(at: position, into: &queue) }

    /// Skips the lines that the transcript no longer has, and tells the client how many.
    private mutating func skip(_ notice: (Int) -> [UInt8]) {
        let missed = cursor?.skip() ?? 0
        _ = queueDueAnswers()
        queueSkipNotice(missed, notice)
    }

    private mutating func queueSkipNotice(_ missed: Int, _ notice: (Int) -> [UInt8]) {
        if missed > 0 { queue.append(notice(missed)) }
    }

    // MARK: - Leaving a room

    /// Leaves a transcript; lines that are still owed are copied, up to a bound.
    ///
    /// - Parameter bound: bytes of lines to copy at most; the rest counts as skipped. Answers have
    ///   their own bound, and a long one takes no line away.
    package mutating func detach(bound: Int = 256 << 10, skipNotice: (Int) -> [UInt8]) {
        cursor?.abandonStore()
        if cursor?.isOvertaken == true { skip(skipNotice) }
        var bytesLeft = bound
        while cursor != nil {
            _ = queueDueAnswers()
            if let end = cursor?.nextEnd(before: answers.nextPlace) {
                let count = end - position
                if count > bytesLeft {
                    queueSkipNotice(cursor?.skipToEnd() ?? 0, skipNotice)
                } else {
                    bytesLeft -= count
                    cursor?.copyLines(upTo: end, into: &queue)
                }
            } else if answers.isEmpty {
                cursor?.recordUpToDate()
                left = counts
                cursor = nil
            }
        }
    }

    // MARK: - Going on from the store

    /// Takes lines from the store, up to the message with a number.
    package mutating func appendStored(
        _ stored: EncodedPage, through number: MessageNumber, skipNotice: (Int) -> [UInt8]
    ) {
        guard cursor?.catchUp != nil else { return }
        queue.append(stored: stored.bytes)
        queueSkipNotice(cursor?.advance(past: stored, through: number) ?? 0, skipNotice)
    }

    /// Stops using the store; lines that it has not delivered are skipped.
    package mutating func abandonStore() { cursor?.abandonStore() }
}
