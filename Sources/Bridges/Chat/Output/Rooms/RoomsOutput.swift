import MessageBus
import Sockets

/// The outgoing half of a connection that reads several rooms: each room's lines from its cursor
/// on, in their order, and answers of its own.
///
/// The rooms take turns, so that a busy one does not hold up the others. A room is named by its
/// transcript. Owned by a `RoomStream`; confined to the bus's loop.
package struct RoomsOutput {
    /// The result of sending.
    package enum Progress {
        /// The kernel has everything that can be sent now; rooms may wait for the store.
        case upToDate
        /// The kernel takes no more at present.
        case blocked
        /// The connection is broken.
        case broken
    }

    /// A room that is read, with the answers that have their places among its lines.
    private struct Reading {
        var cursor: TranscriptCursor
        var answers = PendingAnswers()
        /// The places up to which lines may be sent, until each is released, rising.
        var holds: [TranscriptOffset] = []

        /// The place that the next lines must not pass.
        var nextPlace: TranscriptOffset? {
            guard let hold = holds.first else { return answers.nextPlace }
            return min(hold, answers.nextPlace ?? .max)
        }

        var isUpToDate: Bool { answers.isEmpty && cursor.isAtEnd }
    }

    /// The result of one room's turn.
    private enum TurnResult {
        /// There is nothing to send, or it waits for the store.
        case nothing
        /// Something was sent or queued.
        case some
        /// Sending must stop.
        case stop(Progress)
    }

    private var readings: [Reading] = []
    /// The room whose turn is next.
    private var next = 0
    /// The bytes that go out before all else.
    private var queue = OutputQueue()
    /// True if the kernel took no more the last time.
    package private(set) var isBlocked = false
    /// Bytes the kernel was given since the beginning.
    package private(set) var sentBytes: UInt64 = 0

    /// Bytes that a room may send before it is another room's turn.
    private static let share = 64 << 10

    /// The counts of the rooms that are not read any more.
    private var left = DeliveryCounts()

    /// The counts of all rooms since the beginning.
    package var counts: DeliveryCounts {
        readings.reduce(left) { $0 + DeliveryCounts($1.cursor) }
    }

    /// Makes the output of a connection that reads nothing.
    package init() {}

    /// Bytes of pending answers.
    package var waitingBytes: Int {
        readings.reduce(queue.waitingCount) { $0 + $1.answers.byteCount }
    }
    /// Places with pending answers.
    package var waitingPlaces: Int { readings.reduce(0) { $0 + $1.answers.placeCount } }
    /// True if nothing is owed at present.
    package var isUpToDate: Bool { queue.isEmpty && readings.allSatisfy(\.isUpToDate) }

    /// The rooms whose next lines must be fetched from the store or the log, as long as what was
    /// fetched before is on its way.
    package var behind: [Transcript] {
        if queue.areStored { return [] }
        return readings.compactMap {
            $0.cursor.catchUp == nil || !$0.holds.isEmpty ? nil : $0.cursor.transcript
        }
    }

    /// Returns the cursor in a room; `nil` if the room is not read.
    package func cursor(in transcript: Transcript) -> TranscriptCursor? {
        index(of: transcript).map { readings[$0].cursor }
    }

    private func index(of transcript: Transcript) -> Int? {
        readings.firstIndex { $0.cursor.transcript === transcript }
    }

    // MARK: - Rooms

    /// Begins to read a room, which must not be read yet.
    package mutating func attach(_ cursor: TranscriptCursor) {
        readings.append(Reading(cursor: cursor))
    }

    /// Stops reading a room; lines that are still owed are copied, up to a bound.
    ///
    /// - Parameter bound: bytes of lines to copy at most; the rest counts as skipped.
    package mutating func detach(
        from transcript: Transcript, bound: Int = 256 << 10, skipNotice: (Int) -> [UInt8]
    ) {
        guard let index = index(of: transcript) else { return }
        readings[index].cursor.abandonStore()
        if readings[index].cursor.isOvertaken { skip(index, skipNotice) }
        var bytesLeft = bound
        while true {
            _ = queueDueAnswers(index)
            let place = readings[index].answers.nextPlace
            let start = readings[index].cursor.position
            guard let end = readings[index].cursor.nextEnd(before: place) else {
                if readings[index].answers.isEmpty { break }
                continue
            }
            if end - start > bytesLeft {
                queueSkipNotice(readings[index].cursor.skipToEnd(), skipNotice)
            } else {
                bytesLeft -= end - start
                readings[index].cursor.copyLines(upTo: end, into: &queue)
            }
        }
        readings[index].cursor.recordUpToDate()
        left = left + DeliveryCounts(readings[index].cursor)
        readings.remove(at: index)
        if next > index { next -= 1 }
    }

    /// Stops reading a room at its present end; what is owed up to there is still sent.
    ///
    /// - Parameter number: the last message before that end.
    package mutating func end(_ transcript: Transcript, at number: MessageNumber) {
        guard let index = index(of: transcript) else { return }
        readings[index].cursor.end(at: number)
    }

    /// Records a range of lines of a room that the connection does not want back.
    package mutating func passOver(_ run: Transcript.Run, in transcript: Transcript) {
        guard let index = index(of: transcript) else { return }
        readings[index].cursor.passOver(run)
    }

    // MARK: - Holding back

    /// Holds back a room's lines, from the present end of its transcript on, until they are
    /// released: once for each hold.
    package mutating func hold(_ transcript: Transcript) {
        guard let index = index(of: transcript) else { return }
        readings[index].holds.append(transcript.head)
    }

    /// Releases the lines that were held back for longest.
    package mutating func release(_ transcript: Transcript) {
        guard let index = index(of: transcript), !readings[index].holds.isEmpty else { return }
        readings[index].holds.removeFirst()
    }

    // MARK: - Answers

    /// Queues bytes in front of all that the rooms have not been sent yet.
    package mutating func send(_ bytes: some Collection<UInt8>) { queue.append(bytes) }

    /// Queues bytes behind all that a room has said so far; at once if the room is not read.
    package mutating func send(_ bytes: [UInt8], behind transcript: Transcript) {
        guard let index = index(of: transcript) else { return queue.append(bytes) }
        readings[index].answers.append(bytes, at: transcript.head)
    }

    /// Sends nothing any more but these bytes and what has been queued.
    package mutating func sendOnly(_ bytes: [UInt8]) {
        left = counts
        readings = []
        queue.append(bytes)
    }

    // MARK: - Sending

    /// Sends as much as the kernel takes.
    ///
    /// - Parameter skipNotice: makes the bytes that tell how many lines of a room were left out.
    package mutating func sendPending(
        _ connection: Connection, skipNotice: (Transcript, Int) -> [UInt8]
    ) -> Progress {
        switch connection.flush() {
        case nil: break
        case .bytes, .wouldBlock: return block()
        case .end, .failed: return .broken
        }
        while true {
            if !queue.isEmpty {
                switch queue.send(on: connection, counting: &sentBytes) {
                case .sent, .atList: continue
                case .blocked: return block()
                case .broken: return .broken
                }
            }
            switch serveNext(connection, skipNotice) {
            case .some: continue
            case .stop(let progress): return progress
            case .nothing: break
            }
            if connection.hasUnsent { return block() }
            isBlocked = false
            return .upToDate
        }
    }

    /// Serves the next room that has something to send.
    private mutating func serveNext(
        _ connection: Connection, _ skipNotice: (Transcript, Int) -> [UInt8]
    ) -> TurnResult {
        for _ in readings.indices {
            if next >= readings.count { next = 0 }
            let index = next
            next += 1
            let turn = serve(index, connection, skipNotice)
            if case .nothing = turn { continue }
            return turn
        }
        return .nothing
    }

    private mutating func serve(
        _ index: Int, _ connection: Connection, _ skipNotice: (Transcript, Int) -> [UInt8]
    ) -> TurnResult {
        let transcript = readings[index].cursor.transcript
        if readings[index].cursor.isOvertaken {
            if readings[index].cursor.turnToStore() { return .nothing }
            skip(index) { skipNotice(transcript, $0) }
            return .some
        }
        if queueDueAnswers(index) { return .some }
        let place = readings[index].nextPlace
        guard let all = readings[index].cursor.nextEnd(before: place) else {
            // The cursor may have passed lines of its own, up to the place of an answer.
            if queueDueAnswers(index) { return .some }
            readings[index].cursor.recordUpToDate()
            return .nothing
        }
        let start = readings[index].cursor.position
        let end =
            all - start <= Self.share
            ? all : min(all, transcript.boundary(atOrAfter: start + Self.share, from: start))
        while readings[index].cursor.position < end {
            if let stop = sendLines(index, connection, to: end) { return .stop(stop) }
        }
        return .some
    }

    private mutating func sendLines(
        _ index: Int, _ connection: Connection, to end: TranscriptOffset
    ) -> Progress? {
        let span = readings[index].cursor.span(to: end)
        switch connection.send(span) {
        case .bytes(let count):
            sentBytes += UInt64(count)
            readings[index].cursor.advance(over: span, by: count, of: end)
            if count == span.count { return nil }
        case .wouldBlock: break
        case .end, .failed: return .broken
        }
        // This is done even if nothing was sent: a line may lie around the end of the ring, and its
        // first piece may have gone out before.
        readings[index].cursor.finishLine(into: &queue)
        return block()
    }

    private mutating func block() -> Progress {
        isBlocked = true
        for index in readings.indices { readings[index].cursor.recordPause() }
        return .blocked
    }

    private mutating func queueDueAnswers(_ index: Int) -> Bool {
        let position = readings[index].cursor.position
        return readings[index].answers.moveDue(at: position, into: &queue)
    }

    private mutating func skip(_ index: Int, _ notice: (Int) -> [UInt8]) {
        let missed = readings[index].cursor.skip()
        _ = queueDueAnswers(index)
        queueSkipNotice(missed, notice)
    }

    private mutating func queueSkipNotice(_ missed: Int, _ notice: (Int) -> [UInt8]) {
        if missed > 0 { queue.append(notice(missed)) }
    }

    // MARK: - Going on from the store

    /// Takes lines of a room from the store or the log, up to the message with a number.
    package mutating func appendStored(
        _ page: EncodedPage, through number: MessageNumber, in transcript: Transcript,
        skipNotice: (Int) -> [UInt8]
    ) {
        guard let index = index(of: transcript), readings[index].cursor.catchUp != nil else {
            return
        }
        queue.append(stored: page.bytes)
        queueSkipNotice(readings[index].cursor.advance(past: page, through: number), skipNotice)
    }

    /// Stops using the store for a room; lines that it has not delivered are skipped.
    package mutating func abandonStore(
        in transcript: Transcript, skipNotice: (Int) -> [UInt8]
    ) {
        guard let index = index(of: transcript) else { return }
        queueSkipNotice(readings[index].cursor.abandonStore(), skipNotice)
    }
}
