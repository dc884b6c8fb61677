import Glibc
import Locking
import MessageBus
import TimeUnits

/// The store's thread: the only writer of the database.
///
/// Confined to the store's thread, except for its initializer and `open`.
final class StoreWriter: @unchecked Sendable {  // made by `open`, handed to the thread once
    let path: String
    let writeQueue: WriteQueue
    let numbers: NumberReserve
    let status: StoreStatus
    let lock: StoreLock
    let log: Log
    let clock: any TimeSource
    private let beginLock: BeginLock
    private var connection: WriteConnection?
    /// Batches taken from the queue that are not committed yet.
    private var uncommitted: [WriteBatch] = []
    private var failureLog: StoreFailureLog
    private let maintenance: Maintenance
    private let checkpointer: Checkpointer
    /// Claimed by the thread when that starts.
    private let confinement = ThreadConfinement()
    /// True if the last attempt failed.
    private var hasFailed = false
    /// Messages that the file refused in the latest transaction.
    private var refused = 0
    /// Time of the last check that the file is still there.
    private var lastCheck = MonotonicTime.distantPast
    /// True if numbers can be reserved in the lock file while the database fails.
    private var mayReserve = false
    /// True if the reservation must be written although there are enough numbers: in a new file.
    private var mustReserve = false

    /// Time of the last pause that lets other programs write.
    private var lastPause = MonotonicTime.distantPast

    /// The time between two checks that the file is still there.
    private static let checkPause: Duration = .seconds(1)
    /// The time for which it writes without a pause.
    private static let maxRunTime: Duration = .milliseconds(100)
    /// Microseconds of a pause: twice as many as pass between two questions of the command line
    /// (`Database.wait`).
    private static let pause: UInt32 = 2_000

    init(
        _ path: String, lock: StoreLock, writeQueue: WriteQueue, numbers: NumberReserve,
        status: StoreStatus, retention: Retention, checkpointer: Checkpointer, beginLock: BeginLock,
        log: Log, clock: any TimeSource
    ) {
        self.path = path
        self.beginLock = beginLock
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
    /// - Throws: `StoreError` that will not pass by itself: another program's file, a newer
    ///   version.
    func open() throws(StoreError) {
        numbers.start(at: lock.reserved)
        do throws(StoreError) {
            _ = try openConnection()
        } catch {
            guard error.mayPass else { throw error }
            if lock.reserved == 0, isFileThere {
                // The numbers given are unknown: assume a million (2^20) in each second since 1970.
                let seconds = UInt64(clamping: max(clock.wall().milliseconds, 0) / 1_000)
                numbers.start(at: MessageNumber(rawValue: seconds << 20))
            }
        }
        commit()
        if let target = numbers.target, numbers.end < target { numbers.extend(to: target) }
        status.recordCommitted(through: numbers.first - 1)
    }

    private var isFileThere: Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_size > 0
    }

    private func openConnection() throws(StoreError) -> WriteConnection {
        if let connection { return connection }
        let opened = try WriteConnection(path, confinement, beginLock: beginLock)
        for remark in opened.database.remarks { log.warning(remark) }
        numbers.skip(below: try opened.firstFreeNumber())
        mustReserve = true
        connection = opened
        checkpointer.open(opened)
        maintenance.open(opened)
        status.invalidateConnections()
        return opened
    }

    /// Checks, at most once a second, that the file was not moved or removed.
    private func checkFile(at now: MonotonicTime) {
        guard now - lastCheck >= Self.checkPause else { return }
        lastCheck = now
        leaveMovedFile()
    }

    /// Closes the file if another one, or none, has its name by now; its contents stay in it.
    private func leaveMovedFile() {
        guard let connection, let identity = connection.database.identity else { return }
        let present = FileIdentity(of: path)
        if present == identity { return }
        let next = present == nil ? "a new one is started" : "the new one is taken"
        checkpointer.closeConnection()
        let presentPath = identity.presentPath
        let isWhole = presentPath != nil && connection.moveLogIntoDatabase()
        if let presentPath {
            log.error(
                "store: \(path): the file was moved to \(presentPath) while in use: its messages are "
                    + "there; \(next)")
        } else {
            let what = present == nil ? "removed" : "replaced"
            log.error(
                "store: \(path): the file was \(what) while in use: its messages are gone; \(next)")
        }
        self.connection = nil
        // Otherwise the new file would be opened with the log of the old one.
        for companion in connection.companions where companion.isThere {
            if let presentPath, !isWhole,
                unsafe rename(companion.path, presentPath + companion.ending) == 0
            {
                continue
            }
            unsafe unlink(companion.path)
        }
    }

    // MARK: - The thread

    /// Writes what is handed over until the store is closed.
    func run() {
        confinement.claim()
        // On a single core the loop goes first. This affects only this thread: on Linux each has
        // its own nice value.
        _ = nice(5)
        while true {
            let job = writeQueue.nextJob(
                background: maintenance.due, topsUp: { numbers.isShort }, mayReserve: mayReserve)
            switch job {
            case .commit:
                commit()
                pauseForOthers()
            case .reserve: reserveInLockFile()
            case .background:
                if let connection { maintenance.performStep(connection) }
                moveLogPages()
            case .close: return
            }
        }
    }

    /// Lets other programs write now and then, if there is no break between transactions.
    private func pauseForOthers() {
        let now = KernelClock.monotonic
        guard now - lastPause >= Self.maxRunTime else { return }
        lastPause = now
        if writeQueue.hasMore { usleep(Self.pause) }
    }

    /// Commits what waits, in one transaction.
    private func commit() {
        confinement.assertOwned()
        let now = KernelClock.monotonic
        if uncommitted.isEmpty { uncommitted = writeQueue.dequeueBatches() }
        checkFile(at: now)
        do throws(StoreError) {
            let connection = try openConnection()
            let answers = try writeTransaction(to: connection)
            succeed(answers)
            moveLogPages()
        } catch {
            fail(error, at: now)
        }
    }

    /// Requests that the log beside the database is moved into it, or moves a small remainder
    /// itself.
    private func moveLogPages() {
        guard let connection, checkpointer.recordLog(pages: connection.walPages) else {
            return
        }
        checkpointer.recordMoved(connection.database.checkpoint())
    }

    private func writeTransaction(to connection: WriteConnection) throws(StoreError) -> [() -> Void]
    {
        let target = numbers.target ?? (mustReserve ? numbers.end : nil)
        // Questions need no lock, and are answered even if nothing can be written.
        if target == nil, uncommitted.allSatisfy(\.onlyAsks) {
            return try writeUncommitted(to: connection)
        }
        let start = KernelClock.monotonic
        let answers = try connection.database.transaction { () throws(StoreError) in
            if let target { try connection.reserve(below: target) }
            return try writeUncommitted(to: connection)
        }
        status.recordCommit(KernelClock.monotonic - start)
        if let target {
            connection.confirmReserved(below: target)
            lock.recordReserved(below: target)
            numbers.extend(to: target)
        }
        mustReserve = false
        return answers
    }

    private func writeUncommitted(to connection: WriteConnection) throws(StoreError) -> [() -> Void]
    {
        refused = 0
        var answers: [() -> Void] = []
        let time = clock.wall()
        let mayRefuse = !uncommitted.contains(where: \.hasCheckpoint)
        for writeBatch in uncommitted {
            for page in writeBatch.pages {
                refused += try connection.write(page, mayRefuse: mayRefuse)
            }
            for request in writeBatch.requests {
                if let reader = request.reader { maintenance.recordReader(reader) }
                if let answer = try connection.write(request, at: time) { answers.append(answer) }
            }
        }
        return answers
    }

    private func succeed(_ answers: [() -> Void]) {
        let late = uncommitted.reduce(0) { $0 + $1.rows }
        let hasDeletions = uncommitted.contains(where: \.hasDeletion)
        let (through, lost) = writeQueue.finish(uncommitted)
        uncommitted = []
        if late > 0 { maintenance.recordStored(through: through) }
        if hasDeletions { maintenance.recordDeletion() }
        status.recordCommitted(through: through)
        for answer in answers { answer() }
        hasFailed = false
        failureLog.recordSuccess(
            path: path, late: late - refused, lost: lost + UInt64(refused),
            hasMore: writeQueue.hasMore
        )
        status.notifyObserver()
    }

    private func fail(_ error: StoreError, at now: MonotonicTime) {
        connection?.forgetIDs()
        // A new connection may help, except where it certainly does not.
        if !error.isOfEveryConnection {
            // Otherwise a file that has taken its place would be opened with its log.
            leaveMovedFile()
            checkpointer.closeConnection()
            connection = nil
        }
        // If another process gives numbers too, the file's reservation must be read first.
        mayReserve = !error.isContested
        if mayReserve { reserveInLockFile() }
        hasFailed = true
        writeQueue.fail(retryAt: failureLog.nextAttempt(after: now))
        failureLog.report(error, at: now, waiting: { writeQueue.waiting })
        status.notifyObserver()
    }

    /// Reserves numbers in the lock file only.
    private func reserveInLockFile() {
        guard let target = numbers.target else { return }
        mayReserve = lock.reserve(below: target)
        if mayReserve { numbers.extend(to: target) }
    }

    // MARK: - The end

    /// Writes what is left and closes the file; returns how many messages could not be stored.
    ///
    /// - Parameters:
    ///   - unused: the first number that was not given, if known.
    ///   - last: closes the other connections.
    func finish(unused: MessageNumber?, last: () -> Void) -> Int {
        confinement.assertOwned()
        repeat { commit() } while !hasFailed && writeQueue.hasMore
        let (rows, lost) = writeQueue.waiting
        for writeBatch in uncommitted {
            for request in writeBatch.requests { request.fail(StoreClosed()) }
        }
        writeQueue.end()
        checkpointer.close()
        last()
        if let connection, !hasFailed {
            maintenance.finishIndexing(connection)
            returnUnused(unused, in: connection)
            _ = connection.moveLogIntoDatabase()
        }
        connection = nil
        lock.release()
        return rows + Int(lost)
    }

    private func returnUnused(_ unused: MessageNumber?, in connection: WriteConnection) {
        guard let unused, unused > 0 else { return }
        do throws(StoreError) {
            let first = max(unused, try connection.firstUnusedNumber())
            // The lock file first, because the greater of both numbers counts.
            guard lock.reserve(below: first) else { return }
            try connection.database.transaction { () throws(StoreError) in
                try connection.reserve(below: first)
            }
        } catch {
            // A gap in the numbers does no harm.
        }
    }
}
