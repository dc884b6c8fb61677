import Chat
import MessageBus
import Sockets

/// The order in which connections are read: those that have used little of the loop lately come
/// first.
///
/// Each connection has a share of every turn of the loop, by time and by the bytes others have to
/// read because of it; a connection that has used much lately comes after all that have not. The
/// rest of a read that exceeds the share waits for the next turn. Confined to the bus's loop.
///
/// Times are numbers of nanoseconds here, not durations, which have twice the bits: the clock is
/// read for every few lines, and shares of times are computed for each read.
final class ReadScheduler {
    /// A connection's share of the time, of which it may use some in advance.
    struct TimeShare {
        /// The time at which all of the share is available again, in nanoseconds of the loop's
        /// clock.
        fileprivate var fullAt: Int64 = 0
        /// True if the last read brought more than a person types.
        var isBulk = false
        /// True while the connection waits in the queue.
        fileprivate(set) var isQueued = false
    }

    private let loop: EventLoop
    /// The batch in which lines are gathered; its bound is the number of lines read at once.
    private let batch: Batch
    /// Lines that the chains judge in `sliceTime`, as measured.
    private var linesPerSlice: Int
    /// Connections whose last read brought no more than a person types; they come first.
    private var typing = WaitingQueue<ChatConnection>()
    /// The others.
    private var bulk = WaitingQueue<ChatConnection>()
    private var deadline = Int64.max
    /// Bytes published in this turn, each of which every reader is sent.
    private var publishedBytes = 0
    /// Nanoseconds of this turn spent on sending to readers that had fallen behind.
    private var catchUpTime: Int64 = 0
    /// The approximate number of readers.
    private var readers = 1
    /// Bytes that go out in a turn, to all readers together.
    private var outputPerTurn = minOutputPerTurn
    /// The connection that was read last, and the last message of its room after that.
    private var lastRead: (id: ObjectIdentifier, number: MessageNumber)?
    /// The time at which somebody other than `lastRead` was last seen to say something, in
    /// nanoseconds of the loop's clock.
    private var lastChange: Int64 = 0
    /// True if the connection being read is alone: lately no other of this server was read, nobody
    /// else has spoken in its room by any bridge, and nobody waits.
    private var isAlone = false
    /// Bytes that a connection may read at once; fewer only while `run` reads one.
    private(set) var readSize = ChatServer.readSize
    /// The divisor of the time that gives a connection's share: a connection that uses less is
    /// served at once.
    private var inverseShare = minInverseShare
    /// The share that a connection may use in advance, in nanoseconds times `inverseShare`.
    private var advance = maxAdvance * minInverseShare
    /// Work since the clock was last read, in the unit of `workPerClockCheck`.
    private var work = 0
    /// Bytes of lines that were read and are not published yet.
    private var unpublishedBytes = 0
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// True if the connection being read has used up its slice of the turn.
    @safe @exclusivity(unchecked) private(set) var isSliceOver = false
    /// True if everything is read at once, because the server stops.
    var isUnlimited = false

    /// Nanoseconds of reading in a turn, not counting sending.
    private static let turnTime: Int64 = 1_000_000
    /// Nanoseconds that a connection may use at once, however many others wait: shorter slices
    /// would make batches, and so writes, too small.
    private static let sliceTime: Int64 = 100_000
    /// Nanoseconds after which a connection's use is forgotten: a second.
    private static let memoryTime: Int64 = 1_000 * turnTime
    /// Bytes for each reader in a turn: the kernel takes half as long to copy them as for the call,
    /// so that fewer would make a turn hardly shorter.
    private static let outputPerReader = 8 << 10
    /// Bytes for each reader of a connection that is alone: a read, and the names in front of its
    /// lines.
    ///
    /// A delivery costs a third of what it costs with `outputPerReader`, and a turn takes three
    /// times as long: 20 ms with a thousand readers.
    private static let outputPerReaderAlone = 96 << 10
    /// The least bound on the bytes that go out in a turn, to all readers together: the kernel
    /// copies them in about 1 ms.
    private static let minOutputPerTurn = 768 << 10
    /// Nanoseconds without anybody else after which a connection is alone: programs that talk to
    /// each other wait for one long turn at most, and people for one before each line.
    private static let aloneAfter: Int64 = 100 * turnTime
    /// Bytes that a person may have typed since the last turn; a read of more is bulk.
    static let typedBytes = 1_024
    /// Nanoseconds for a typed line once the turn's time is used up: a few commands.
    private static let lateSliceTime: Int64 = 25_000
    /// Work, in bytes, before the clock is read, which takes 25 to 50 ns: four short lines.
    private static let workPerClockCheck = 2_048
    /// The cost of a line apart from its length, in bytes of text that cost as much.
    private static let workPerLine = 512
    /// The smallest `inverseShare`: 2 % of the time.
    ///
    /// With more than 25 connections `inverseShare` is twice their number, so that all connections
    /// that stay within their shares use at most half of the time.
    private static let minInverseShare: Int64 = 50
    /// The most nanoseconds that a connection may use in advance: two slices.
    private static let maxAdvance: Int64 = 200_000
    /// The fewest nanoseconds that a connection may use in advance: half a slice.
    private static let minAdvance: Int64 = 50_000
    /// Nanoseconds that all connections together may use in advance, divided among them: two turns.
    private static let advanceOfAll: Int64 = 2_000_000
    /// The fewest lines that are read at once: publishing has a cost per batch.
    private static let minLinesAtOnce = 16
    /// Bytes of a line as people write them.
    private static let usualLineBytes = 64

    init(on loop: EventLoop, _ batch: Batch) {
        self.loop = loop
        self.batch = batch
        linesPerSlice = batch.arena.capacity
    }

    /// The current time, up to date even within a turn, in nanoseconds of the loop's clock.
    var now: Int64 { loop.preciseNow.nanoseconds }

    /// The time at the beginning of the turn.
    private var turnStart: Int64 { loop.now.nanoseconds }

    // MARK: - Turns

    /// True if connections are queued.
    var hasQueued: Bool { !typing.isEmpty || !bulk.isEmpty }

    /// Reads a connection at once, or queues it if it has used up its share.
    ///
    /// Once the turn has lasted long enough, bulk is queued, and only what a person may have typed
    /// is still read: a hundred connections with their shares untouched would make a turn of 10 ms.
    func serve(_ connection: ChatConnection, _ bus: isolated Bus) {
        loop.assertOwned()
        if connection.share.isQueued { return }
        guard connection.share.fullAt - turnStart <= advance else { return enqueue(connection) }
        let left = turnStart + Self.turnTime - now
        if left > 0, !isOutputEnough {
            run(connection, for: max(Self.sliceTime, left / 2), bus)
        } else if connection.share.isBulk || isOutputTwiceEnough {
            enqueue(connection)
        } else {
            run(connection, for: Self.lateSliceTime, bus)
        }
    }

    /// Queues a connection, unless it is queued already.
    func enqueue(_ connection: ChatConnection) {
        loop.assertOwned()
        guard !connection.share.isQueued else { return }
        connection.share.isQueued = true
        if connection.share.isBulk { bulk.append(connection) } else { typing.append(connection) }
    }

    /// Reads the queued connections in order, until the turn's time is used up.
    ///
    /// Somebody who types may have used up a small share too, or may have been charged for time
    /// that the kernel gave to another process. Behind a hundred connections that send as much as
    /// they can, their one line would wait for as many slices, and for all that is published in
    /// them.
    func serveQueues(_ bus: isolated Bus) {
        loop.assertOwned()
        let start = now
        // A connection that does not finish is queued again, for the next turn.
        var left = typing.count
        while left > 0, now - start < Self.turnTime / 2, !isOutputTwiceEnough {
            run(removeFirst(from: &typing), for: Self.lateSliceTime, bus)
            left -= 1
        }
        left = bulk.count
        while left > 0, now - start < Self.turnTime, !isOutputEnough {
            let time = max(Self.sliceTime, Self.turnTime / Int64(left))
            run(removeFirst(from: &bulk), for: time, bus)
            left -= 1
        }
        if hasQueued { loop.requestTurn() }
    }

    private func removeFirst(from queue: inout WaitingQueue<ChatConnection>) -> ChatConnection {
        let connection = queue.removeFirst()
        connection.share.isQueued = false
        return connection
    }

    /// Sends to a reader that had fallen behind and may be owed megabytes, if the turn has time
    /// left.
    ///
    /// Otherwise nothing is done; the loop reports the connection again.
    func sendWithinBudget(_ send: () -> Void) {
        guard catchUpTime < Self.turnTime || isUnlimited else { return }
        let start = now
        send()
        catchUpTime += now - start
    }

    /// Ends a turn: everything published is on its way.
    func endTurn(readers: Int) {
        (publishedBytes, unpublishedBytes, catchUpTime) = (0, 0, 0)
        self.readers = max(1, readers)
        outputPerTurn = max(self.readers * Self.outputPerReader, Self.minOutputPerTurn)
        let count = Int64(self.readers)
        inverseShare = max(Self.minInverseShare, 2 * count)
        let ahead = max(Self.minAdvance, min(Self.maxAdvance, Self.advanceOfAll / count))
        advance = ahead * inverseShare
    }

    private func run(_ connection: ChatConnection, for time: Int64, _ bus: isolated Bus) {
        let start = now
        isAlone = checkAlone(connection)
        let time = isAlone ? Self.turnTime : time
        begin(at: start, for: time)
        boundRead(to: time)
        connection.continueReading(bus)
        lastRead = (ObjectIdentifier(connection), connection.roomReaders.room.lastNumber)
        (isAlone, unpublishedBytes, readSize) = (false, 0, ChatServer.readSize)
        let used = now - start
        let fullAt = max(connection.share.fullAt, turnStart) + used * inverseShare
        connection.share.fullAt = min(fullAt, turnStart + Self.memoryTime)
    }

    private func checkAlone(_ connection: ChatConnection) -> Bool {
        if lastRead?.id != ObjectIdentifier(connection)
            || lastRead?.number != connection.roomReaders.room.lastNumber
        {
            lastChange = turnStart
        }
        return turnStart - lastChange >= Self.aloneAfter && !hasQueued
    }

    /// Bounds a read by its time and by what may still go out in this turn, so that little of it is
    /// put off: bytes that wait in the kernel cost nothing, and deferred lines a copy.
    ///
    /// Bytes that a person may have typed are read whole, because a text without an end is taken
    /// as it comes.
    private func boundRead(to time: Int64) {
        if !isAlone, !isUnlimited, time > Self.lateSliceTime {
            let left = (outputPerTurn - output) / readers
            readSize = min(max(left, Self.outputPerReader), ChatServer.readSize)
        }
        let fair = isAlone ? Int.max : outputPerTurn / readers / Self.usualLineBytes
        let inTime = linesPerSlice * Int(time) / Int(Self.sliceTime)
        batch.arena.bound = max(
            Self.minLinesAtOnce, min(inTime, fair, batch.arena.capacity))
    }

    /// Begins a slice for a connection whose lines have waited for something other than the queue.
    func beginSlice() { begin(at: now, for: Self.sliceTime) }

    private func begin(at start: Int64, for time: Int64) {
        isSliceOver = false
        (work, unpublishedBytes) = (0, 0)
        deadline = start + time
    }

    // MARK: - Accounting

    /// Counts a line that was read, with its length.
    func recordLine(bytes: Int) {
        work += Self.workPerLine + bytes
        unpublishedBytes += bytes
        if work >= Self.workPerClockCheck { checkClock(at: now) }
    }

    /// Counts the batch that was published since a time, and bounds the next ones so that each fits
    /// into the time it is given.
    func recordPublication(since start: Int64) {
        let (time, count) = (now - start, batch.count)
        if time > Self.sliceTime {
            linesPerSlice = max(1, count * Int(Self.sliceTime) / Int(time))
        } else if count >= linesPerSlice {
            linesPerSlice = min(batch.arena.capacity, 2 * linesPerSlice)
        }
        unpublishedBytes = 0
        if batch.drops.count < count, let first = batch.arena.first,
            let last = batch.arena.last
        {
            let text = max(0, Int(last.offset) + Int(last.count) - Int(first.offset))
            unsafe publishedBytes += text + count * batch.arena.sender(of: first).prefix.count
        }
        checkClock(at: start + time)
    }

    /// Reads the clock and ends the slice if its time is over; for work that may have taken long.
    func checkClock() { checkClock(at: now) }

    private func checkClock(at now: Int64) {
        work = 0
        if now >= deadline || isOutputEnough { isSliceOver = !isUnlimited }
    }

    private var isOutputEnough: Bool {
        if isAlone, output < readers * Self.outputPerReaderAlone { return false }
        return output >= outputPerTurn && !isUnlimited
    }
    /// True if not even typed lines may be published any more in this turn.
    private var isOutputTwiceEnough: Bool { output >= 2 * outputPerTurn && !isUnlimited }
    /// Bytes that go out because of what was read in this turn.
    private var output: Int { (publishedBytes + unpublishedBytes) * readers }
}
