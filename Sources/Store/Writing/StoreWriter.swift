import Glibc
import MessageBus

/// Keeps what is handed over: the only one who writes to the database.
///
/// Confined to the store's thread, but for being made.
final class StoreWriter: @unchecked Sendable {  // made by `open`, handed to the thread once
    let path: String
    let writeQueue: WriteQueue
    let numbers: NumberReserve
    let status: StoreStatus
    let lock: StoreLock
    let log: Log
    let clock: StoreClock
    private var writeConnection: WriteConnection?
    /// What was taken from the backlog and is not kept yet.
    private var inHand: [WriteBatch] = []
    private var failureLog: StoreFailureLog
    private let maintenance: Maintenance
    private let checkpointer: Checkpointer
    /// Whether the last attempt failed.
    private var hasFailed = false
    /// Messages the file refused one by one.
    private var refused: UInt64 = 0
    /// When it was last looked whether the file is still there.
    private var checked: Int64 = 0
    /// Whether the other file takes numbers while nothing can be kept: until the next attempt.
    private var mayReserve = false
    /// Whether numbers are to be written down although there are enough: in a new file.
    private var mustReserve = false

    init(
        _ path: String, lock: StoreLock, writeQueue: WriteQueue, numbers: NumberReserve,
        status: StoreStatus, retention: Retention, checkpointer: Checkpointer, log: Log,
        clock: StoreClock
    ) {
        self.path = path
        self.checkpointer = checkpointer
        self.lock = lock
        self.writeQueue = writeQueue
        self.numbers = numbers
        self.status = status
        self.log = log
        self.clock = clock
        failureLog = StoreFailureLog(log)
        maintenance = Maintenance(
            path, status: status, retention: retention, log: log, clock: clock)
    }

    // MARK: - Opening

    /// Opens the file and reserves numbers, before the thread starts.
    ///
    /// - Throws: `StoreError` that will not pass by itself: another program's file, a newer version.
    func begin() throws(StoreError) {
        numbers.begin(at: lock.reserved)
        do throws(StoreError) {
            _ = try openLedger()
        } catch {
            guard error.mayPass else { throw error }
            if lock.reserved == 0, isFileThere {
                // Nobody knows which were given: as if there had been a million in each second.
                let seconds = UInt64(clamping: max(clock.wall(), 0) / 1_000)
                numbers.begin(at: seconds << 20)
            }
        }
        commit()
        if let target = numbers.target, numbers.end < target { numbers.extend(to: target) }
        status.commit(through: numbers.first - 1)
    }

    private var isFileThere: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    private func openLedger() throws(StoreError) -> WriteConnection {
        if let writeConnection { return writeConnection }
        let opened = try WriteConnection(path)
        for remark in opened.database.remarks { log.warning(remark) }
        numbers.skip(below: try opened.firstFreeNumber())
        mustReserve = true
        writeConnection = opened
        checkpointer.begin(opened)
        maintenance.begin(opened)
        status.reopen()
        return opened
    }

    /// Finds out, at most once a second, whether the file was taken away under us.
    private func check(at now: Int64) {
        guard now - checked >= 1_000_000_000 else { return }
        checked = now
        leaveMoved()
    }

    /// Lets go of a file that is not the one of this name any more; what it held stays in it.
    private func leaveMoved() {
        guard let writeConnection, let identity = writeConnection.database.identity else { return }
        let present = FileIdentity(of: path)
        if present == identity { return }
        let next = present == nil ? "a new one is begun" : "the new one is taken"
        checkpointer.letGo()
        let place = identity.presentPath
        let isWhole = place != nil && writeConnection.settle()
        if let place {
            log.error(
                "store: \(path): the file was moved to \(place) while in use: what it held is "
                    + "there; \(next)")
        } else {
            let what = present == nil ? "removed" : "replaced"
            log.error(
                "store: \(path): the file was \(what) while in use: what it held is gone; \(next)")
        }
        self.writeConnection = nil
        // Else the new file would be opened with the log of the old one.
        for companion in writeConnection.companions where companion.isThere {
            if let place, !isWhole, rename(companion.path, place + companion.ending) == 0 {
                continue
            }
            unlink(companion.path)
        }
    }

    // MARK: - The thread

    /// Keeps what is handed over until the store is closed.
    func run() {
        // Where one core is all there is, the loop goes before. For this thread alone: to Linux
        // each has its own nice value.
        _ = nice(5)
        while true {
            let job = writeQueue.nextJob(
                background: maintenance.due, topsUp: { numbers.isShort }, mayReserve: mayReserve)
            switch job {
            case .commit: commit()
            case .reserve: reserveApart()
            case .background:
                if let writeConnection { maintenance.work(writeConnection) }
                moveLog()
            case .close: return
            }
        }
    }

    /// Keeps what waits, in one transaction.
    private func commit() {
        let now = monotonicNow()
        if inHand.isEmpty { inHand = writeQueue.take() }
        check(at: now)
        do throws(StoreError) {
            let writeConnection = try openLedger()
            let answers = try keep(in: writeConnection)
            succeed(answers)
            moveLog()
        } catch {
            fail(error, at: now)
        }
    }

    /// Has the log beside the database moved into it, or moves the little that is left of it.
    private func moveLog() {
        guard let writeConnection, checkpointer.note(pages: writeConnection.logPages) else {
            return
        }
        checkpointer.note(moved: writeConnection.database.checkpoint())
    }

    private func keep(in writeConnection: WriteConnection) throws(StoreError) -> [() -> Void] {
        let target = numbers.target ?? (mustReserve ? numbers.end : nil)
        // What only asks needs no lock, and is answered also when nothing can be written.
        if target == nil, inHand.allSatisfy(\.onlyAsks) { return try write(to: writeConnection) }
        let answers = try writeConnection.database.transaction { () throws(StoreError) in
            if let target { try writeConnection.reserve(below: target) }
            return try write(to: writeConnection)
        }
        if let target {
            writeConnection.noteReserved(below: target)
            lock.note(below: target)
            numbers.extend(to: target)
        }
        mustReserve = false
        return answers
    }

    private func write(to writeConnection: WriteConnection) throws(StoreError) -> [() -> Void] {
        refused = 0
        var answers: [() -> Void] = []
        let time = clock.wall()
        let mayRefuse = !inHand.contains(where: \.hasCheckpoint)
        for writeBatch in inHand {
            for page in writeBatch.pages {
                refused += try writeConnection.write(page, mayRefuse: mayRefuse)
            }
            for item in writeBatch.items {
                if let reader = item.reader { maintenance.note(reader) }
                if let answer = try writeConnection.write(item, at: time) { answers.append(answer) }
            }
        }
        return answers
    }

    private func succeed(_ answers: [() -> Void]) {
        let late = inHand.reduce(0) { $0 + $1.rows }
        let (through, lost) = writeQueue.finish(inHand)
        inHand = []
        if late > 0 { maintenance.note(through: through) }
        status.commit(through: through)
        for answer in answers { answer() }
        hasFailed = false
        failureLog.pass(
            path: path, late: late - Int(refused), lost: lost + refused, hasMore: writeQueue.hasMore
        )
        status.tell()
    }

    private func fail(_ error: StoreError, at now: Int64) {
        writeConnection?.forgetRooms()
        // A new connection may help, but for what it surely does not.
        if !error.isOfEveryConnection {
            // Opened anew, a file that has taken its place would swallow its log.
            leaveMoved()
            checkpointer.letGo()
            writeConnection = nil
        }
        // Numbers that another process gives too are not for giving: those of the file come first.
        mayReserve = !error.isContested
        if mayReserve { reserveApart() }
        hasFailed = true
        writeQueue.fail(retryAt: failureLog.retry(at: now))
        failureLog.note(error, at: now, waiting: { writeQueue.waiting(beside: inHand) })
        status.tell()
    }

    /// Reserves numbers in the other file alone.
    private func reserveApart() {
        guard let target = numbers.target else { return }
        mayReserve = lock.reserve(below: target)
        if mayReserve { numbers.extend(to: target) }
    }

    // MARK: - The end

    /// Writes what is left and closes the file; returns how many messages could not be kept.
    ///
    /// - Parameters:
    ///   - unused: the first number that nobody got, if that is known.
    ///   - last: closes the other connections.
    func finish(unused: UInt64?, last: () -> Void) -> Int {
        repeat { commit() } while !hasFailed && writeQueue.hasMore
        let (rows, lost) = writeQueue.waiting(beside: inHand)
        for writeBatch in inHand { for item in writeBatch.items { item.fail(StoreClosed()) } }
        writeQueue.end()
        checkpointer.close()
        last()
        if let writeConnection, !hasFailed {
            maintenance.finish(writeConnection)
            giveBack(unused, in: writeConnection)
            _ = writeConnection.settle()
        }
        writeConnection = nil
        lock.release()
        return rows + Int(lost)
    }

    private func giveBack(_ unused: UInt64?, in writeConnection: WriteConnection) {
        guard let unused, unused > 0 else { return }
        do throws(StoreError) {
            let first = max(unused, try writeConnection.firstUnusedNumber())
            // The other file first: the greater of both counts.
            guard lock.reserve(below: first) else { return }
            try writeConnection.database.transaction { () throws(StoreError) in
                try writeConnection.reserve(below: first)
            }
        } catch {
            // A gap in the numbers is no harm.
        }
    }
}
