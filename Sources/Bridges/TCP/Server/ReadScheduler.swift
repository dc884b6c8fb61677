import Chat
import MessageBus
import Sockets

/// Decides whose lines are taken when: a connection has a share of each turn of the loop, by time and
/// by what others have to read of it, and whoever has used much of late comes after all who have not.
///
/// What is left of a read when the share is used up waits for the next turn. Confined to the bus's
/// loop.
final class ReadScheduler {
    /// A connection's share of the time, of which it may use some in advance.
    struct TimeShare {
        /// When all of it will be available again.
        fileprivate var fullAt: Int64 = 0
        /// Whether the connection waits for its turn.
        fileprivate(set) var isQueued = false
    }

    private let loop: EventLoop
    /// What lines are gathered in; it is full when as many are in it as may be taken at once.
    private let batch: Batch
    /// Lines that the chains judge in a share of the time.
    private var linesAtOnce: Int
    private var queue: [ChatConnection] = []
    private var first = 0
    private var deadline = Int64.max
    /// Bytes that each reader is to read of what was said in this turn.
    private var said = 0
    /// Nanoseconds that went into sending on to those who had fallen behind.
    private var resuming: Int64 = 0
    /// How many those readers are, about.
    private var readers = 1
    /// A connection comes first as long as it uses less of the time than one part in so many: all
    /// that do so together take half of it at most.
    private var inverseShare: Int64 = 50
    /// What it may use in advance, in nanoseconds of its share.
    private var advance: Int64 = 200_000 * 50
    private var work = 0
    /// Bytes of lines that were looked at and are not published yet.
    private var taken = 0
    /// Whether the connection whose lines are taken has used up its share of the turn.
    @exclusivity(unchecked) private(set) var isOver = false
    /// Whether all is taken at once, because the server stops.
    var isUnlimited = false

    /// Nanoseconds of lines in a turn; sending not counted.
    private static let turn: Int64 = 1_000_000
    /// Nanoseconds that each may use, whoever else wants some.
    private static let slice: Int64 = 100_000
    /// What a connection has used is forgotten after so many nanoseconds.
    private static let memory: Int64 = 1_000_000_000
    /// Bytes that go out in a turn, to all together, about: the kernel copies them in 1 to 2 ms.
    ///
    /// A connection alone may have a read more, which is what makes writes large.
    private static let outputPerTurn = 2 << 20
    /// Work before the clock is looked at, which takes 25 to 50 ns: four short lines.
    private static let workPerLook = 2_048

    init(on loop: EventLoop, _ batch: Batch) {
        self.loop = loop
        self.batch = batch
        linesAtOnce = batch.arena.capacity
    }

    /// The time, also within a turn.
    var now: Int64 { loop.present }

    // MARK: - Turns

    /// Takes what has come of a connection, at once or when it is its turn.
    func serve(_ connection: ChatConnection) {
        if connection.share.isQueued { return }
        guard connection.share.fullAt - loop.now <= advance else { return add(connection) }
        run(connection, for: max(Self.slice, (loop.now + Self.turn - now) / 2))
    }

    /// Has a connection wait for its turn.
    func add(_ connection: ChatConnection) {
        guard !connection.share.isQueued else { return }
        connection.share.isQueued = true
        queue.append(connection)
    }

    /// Takes the lines of those who wait, one after the other, as long as the turn may last.
    func serveWaiting() {
        let start = now
        // Who has not finished waits for the next turn behind the others.
        var left = queue.count - first
        while left > 0, now - start < Self.turn, !isOutputEnough {
            let connection = queue[first]
            first += 1
            connection.share.isQueued = false
            run(connection, for: max(Self.slice, Self.turn / Int64(left)))
            left -= 1
        }
        if first == queue.count || first > 1_024 {
            queue.removeFirst(first)
            first = 0
        }
        if first < queue.count { loop.goOn() }
    }

    /// Sends on to somebody who had fallen behind and may be owed megabytes, if the turn allows for
    /// it; the loop tells of them again.
    func resume(_ send: () -> Void) {
        guard resuming < Self.turn || isUnlimited else { return }
        let start = now
        send()
        resuming += now - start
    }

    /// Ends a turn: all that was said is on its way.
    func endTurn(readers: Int) {
        (said, resuming) = (0, 0)
        self.readers = max(1, readers)
        let count = Int64(self.readers)
        inverseShare = max(50, 2 * count)
        advance = max(50_000, min(200_000, 2_000_000 / count)) * inverseShare
    }

    private func run(_ connection: ChatConnection, for time: Int64) {
        let start = now
        begin(at: start, for: time)
        // Lines of 64 bytes, as people write them.
        let share = first < queue.count ? max(16, Self.outputPerTurn / readers / 64) : .max
        batch.arena.bound = min(linesAtOnce, share)
        connection.goOnReading()
        taken = 0
        let used = now - start
        let fullAt = max(connection.share.fullAt, loop.now) + used * inverseShare
        connection.share.fullAt = min(fullAt, loop.now + Self.memory)
    }

    /// Lets a connection take some lines that have waited for something else than its turn.
    func beginSlice() { begin(at: now, for: Self.slice) }

    private func begin(at start: Int64, for time: Int64) {
        isOver = false
        (work, taken) = (0, 0)
        deadline = start + time
    }

    // MARK: - What is done

    /// Notes a line that was looked at, of so many bytes.
    func hasTaken(_ bytes: Int) {
        work += 512 + bytes
        taken += bytes
        if work >= Self.workPerLook { look(at: now) }
    }

    /// Notes that a connection has had messages published since a moment, and sees to it that the
    /// next ones fit into a share.
    func hasPublished(since start: Int64) {
        let (time, count) = (now - start, batch.count)
        if time > Self.slice {
            linesAtOnce = max(16, min(batch.arena.capacity, count * Int(Self.slice) / Int(time)))
        } else if count >= linesAtOnce {
            linesAtOnce = min(batch.arena.capacity, 2 * linesAtOnce)
        }
        taken = 0
        if batch.drops.count < count, let first = batch.arena.all.first,
            let last = batch.arena.all.last
        {
            let text = max(0, Int(last.offset) + Int(last.count) - Int(first.offset))
            said += text + count * batch.arena.sender(of: first).prefix.count
        }
        look(at: start + time)
    }

    /// Looks at the clock, as after something that may have taken long.
    func look() { look(at: now) }

    private func look(at now: Int64) {
        work = 0
        if now >= deadline || isOutputEnough { isOver = !isUnlimited }
    }

    private var isOutputEnough: Bool {
        (said + taken) * readers >= Self.outputPerTurn && !isUnlimited
    }
}
