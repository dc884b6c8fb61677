import Glibc
import MessageBus
import Sockets
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct StoreFailureTests {
    private let folder = StoreFolder()
    private let log = LogRecorder()

    /// Another program that keeps the file locked until it is told to release it.
    private func lock() throws -> Database {
        let other = try Database(folder.file, .write)
        try other.execute("BEGIN IMMEDIATE")
        return other
    }

    @Test func `messages that can't be stored wait until they can be`() async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        let other = try lock()
        let first = store.reserve(2)
        store.enqueue(Batch.make([.make("uno", number: first)]), isOwed: false)
        let commit = store.enqueue(BridgeProgress(bridge: "tail", checkpoints: []))
        store.endTurn()
        let entry = await log.log(.error)
        #expect(
            entry.sentence == """
                store: \(folder.file): another program keeps it locked (database is locked); 1 \
                message waits in memory, durable sources wait
                """)
        #expect(store.condition == .fails)
        #expect(store.committed < first)
        try other.execute("ROLLBACK")
        try await commit.wait()
        #expect(store.condition == .keepsUp)
        #expect(store.committed >= first)
        #expect(
            await log.log(.warning).sentence
                == "store: \(folder.file): it works again; 1 message stored late, none lost")
        await store.close()
    }

    @Test func `past the bound it is counted, unless a source waits for it`() async throws {
        var options = SQLiteStore.Options.quick
        options.backlog = 100_000
        let store = try SQLiteStore.open(folder.file, options, log: log.log)
        let other = try lock()
        func say(isOwed: Bool = false) -> MessageNumber {
            let number = store.reserve(1)
            let text = String(repeating: "x", count: 60_000)
            store.enqueue(Batch.make([.make(text, number: number)]), isOwed: isOwed)
            store.endTurn()
            return number
        }
        _ = say()
        _ = await log.log(.error)
        _ = say()
        #expect(store.condition == .failsAndIsFull)
        let lost = [say(), say(), say()]
        let owed = say(isOwed: true)
        let last = say()
        try other.execute("ROLLBACK")
        let said = await log.first { $0.sentence.contains("it works again") }
        #expect(said.sentence.hasSuffix("3 messages stored late, 4 lost for good"))
        #expect(store.condition == .keepsUp)
        #expect(try await store.message(numbered: lost[0]) == nil)
        #expect(try await store.message(numbered: owed) != nil)
        // Nobody waits in vain.
        #expect(store.committed >= last)
        await store.close()
    }

    @Test func `a store that lags says so until half is gone`() {
        var limits = WriteQueue.Limits()
        limits.bytes = 10_000
        limits.rowsAtOnce = 32_768
        let writeQueue = WriteQueue(limits)
        let items = (0..<10).map { _ in WriteBatch(rows: 5_000, weight: 2_000, through: 1) }
        for item in items { writeQueue.enqueue(item, lost: 0) }
        #expect(writeQueue.condition == .lags)
        var conditions: [StoreCondition] = []
        while writeQueue.hasMore {
            _ = writeQueue.finish(writeQueue.dequeueBatches())
            conditions.append(writeQueue.condition)
        }
        #expect(conditions == [.lags, .keepsUp])
    }

    @Test func `numbers go on when the file is locked at the start`() async throws {
        var store = try SQLiteStore.open(folder.file)
        var last = store.reserve(10) + 9
        await store.close()
        let other = try lock()
        for _ in 0..<2 {
            store = try SQLiteStore.open(folder.file, log: log.log)
            #expect(store.condition == .fails)
            let first = store.reserve(10)
            #expect(first > last)
            last = first + 9
            await store.close()
        }
        try other.execute("ROLLBACK")
        store = try SQLiteStore.open(folder.file)
        #expect(store.reserve(1) > last)
        await store.close()
    }

    @Test func `numbers go on after a crash though the file can't even be read`() async throws {
        let store = try SQLiteStore.open(folder.file)
        try await store.keep(["uno"])
        let last = store.reserve(70_000) + 69_999
        // As after a crash: no numbers are returned.
        await store.close()
        let other = try Database(folder.file, .write)
        try other.execute("PRAGMA locking_mode = EXCLUSIVE")
        try other.execute("BEGIN EXCLUSIVE; CREATE TABLE x (y); COMMIT")
        let again = try SQLiteStore.open(folder.file, log: log.log)
        #expect(again.condition == .fails)
        #expect(again.reserve(1) > last)
        await again.close()
    }

    @Test func `numbers do not begin at 1 though both files are no help`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let last = try await store.keep(["uno"])
        await store.close()
        unlink(folder.file + ".lock")
        let other = try Database(folder.file, .write)
        try other.execute("PRAGMA locking_mode = EXCLUSIVE")
        try other.execute("BEGIN EXCLUSIVE; CREATE TABLE x (y); COMMIT")
        let again = try SQLiteStore.open(folder.file, log: log.log, wall: 1_800_000_000_000)
        #expect(again.condition == .fails)
        let first = again.reserve(1)
        #expect(first > last)
        #expect(first.rawValue == 1_800_000_000 << 20)
        // JavaScript can still count them.
        #expect(first.rawValue < 1 << 53)
        await again.close()
    }

    @Test func `questions are answered while nothing can be written`() async throws {
        let store = try SQLiteStore.open(folder.file)
        let other = try lock()
        #expect(try await store.checkpoints(of: "tail") == [:])
        #expect(try await store.message(numbered: 1) == nil)
        try other.execute("ROLLBACK")
        await store.close()
    }

    @Test func `messages lost at closing are reported`() async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        let other = try lock()
        store.enqueue(Batch.make([.make("uno", number: store.reserve(1))]), isOwed: false)
        let commit = store.enqueue(BridgeProgress(bridge: "tail", checkpoints: []))
        store.endTurn()
        await store.close()
        #expect(
            log.sentences.last == "store: \(folder.file): 1 message could not be stored")
        await #expect(throws: StoreClosed.self) { try await commit.wait() }
        await #expect(throws: StoreClosed.self) { try await store.checkpoints(of: "tail") }
        await #expect(throws: StoreClosed.self) { try await store.message(numbered: 1) }
        try other.execute("ROLLBACK")
    }

    @Test func `a file that is taken away is begun anew`() async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        try await store.keep(["uno"])
        unlink(folder.file)
        let number = try await store.keep(["dos"])
        // The file is checked at most once a second.
        while !log.sentences.contains(where: { $0.contains("was removed while in use") }) {
            try await store.keep(["tres"])
        }
        let late = try await store.keep(["cuatro"])
        #expect(late > number)
        #expect(try await store.message(numbered: late)?.text == "cuatro")
        await store.close()
        let database = try Database(folder.file, .write)
        #expect(try database.number("SELECT max(number) FROM messages") == late.column)
    }

    @Test(arguments: [false, true])
    func `a file that is moved away takes along all that was kept`(isBlocked: Bool) async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        let first = try await store.keep(["uno"])
        let away = folder.file + ".away"
        // A reader keeps the log from being emptied: then it is moved too.
        let reader = try Database(folder.file, .read)
        try reader.execute("BEGIN")
        #expect(try reader.number("SELECT count(*) FROM messages") == 1)
        if !isBlocked { try reader.execute("COMMIT") }
        #expect(rename(folder.file, away) == 0)
        var kept = try await store.keep(["dos"])
        while !log.sentences.contains(where: { $0.contains("was moved to") }) {
            kept = try await store.keep(["tres"])
        }
        #expect(
            log.sentences.contains(
                """
                store: \(folder.file): the file was moved to \(away) while in use: its messages are \
                there; a new one is started
                """))
        await store.close()
        if isBlocked { try reader.execute("COMMIT") }
        let old = try Database(away, .write)
        let new = try Database(folder.file, .write)
        let count = "SELECT count(*) FROM messages"
        #expect(try old.number("SELECT min(number) FROM messages") == first.column)
        #expect(
            try Int64(kept - first) + 1 == (old.number(count) ?? 0) + (new.number(count) ?? 0))
    }

    @Test func `a number that is taken fails the checkpoint that covers it`() async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        let first = try await store.keep(["uno", "dos"])
        func enqueue(_ text: String, _ checkpoints: [Checkpoint]) -> PendingCommit {
            store.enqueue(
                Batch.make([.make(text, number: first, time: 1_000_000)]), isOwed: false)
            defer { store.endTurn() }
            return store.enqueue(BridgeProgress(bridge: "tail", checkpoints: checkpoints))
        }
        // The same message is stored already; another one is refused, and the rest is stored.
        try await enqueue("uno", [Checkpoint(key: "a", state: [1])]).wait()
        try await enqueue("otro", []).wait()
        _ = await log.first { $0.sentence.hasSuffix("0 messages stored late, 1 lost for good") }
        let lost = enqueue("otro", [Checkpoint(key: "a", state: [2])])
        let entry = await log.first { $0.sentence.contains("used the same message numbers") }
        #expect(entry.sentence.contains("; 1 message waits in memory, durable sources wait"))
        #expect(store.condition == .fails)
        await store.close()
        await #expect(throws: StoreClosed.self) { try await lost.wait() }
        let again = try SQLiteStore.open(folder.file)
        #expect(try await again.checkpoints(of: "tail") == ["a": [1]])
        await again.close()
    }

    @Test func `numbers are reserved while nothing can be kept`() {
        let writeQueue = WriteQueue(WriteQueue.Limits())
        writeQueue.fail(retryAt: .distantFuture)
        #expect(writeQueue.nextJob(background: nil, topsUp: { true }) == .reserve)
        writeQueue.fail(retryAt: .distantPast)
        #expect(writeQueue.nextJob(background: nil, topsUp: { true }) == .commit)
    }

    @Test func `the loop never waits for numbers while the file is locked`() async throws {
        let store = try SQLiteStore.open(folder.file, log: log.log)
        let other = try lock()
        store.enqueue(Batch.make([.make("uno", number: store.reserve(1))]), isOwed: false)
        _ = store.enqueue(BridgeProgress(bridge: "tail", checkpoints: []))
        store.endTurn()
        _ = await log.log(.error)
        // As fast as possible: many times the reserve.
        let block = MessageNumber.reservationSize
        var last = store.reserve(block)
        for _ in 0..<200 {
            let next = store.reserve(block)
            #expect(next == last + block)
            last = next
        }
        try other.execute("ROLLBACK")
        await store.close()
        let again = try SQLiteStore.open(folder.file)
        #expect(again.reserve(1) >= last + block)
        await again.close()
    }

    @Test func `a newer file, another program's and no database at all are refused`() async throws {
        try await SQLiteStore.open(folder.file).close()
        let database = try Database(folder.file, .write)
        try database.execute("PRAGMA user_version = \(Schema.current + 1)")
        var error = #expect(throws: StoreError.self) { try SQLiteStore.open(folder.file) }
        #expect(
            error?.sentence == """
                it was written by a newer version of puente (its format is \(Schema.current + 1), this \
                program knows \(Schema.current)); run that version, or choose another "path"
                """)
        try database.execute("PRAGMA user_version = \(Schema.current); PRAGMA application_id = 5")
        error = #expect(throws: StoreError.self) { try SQLiteStore.open(folder.file) }
        #expect(error?.sentence.hasPrefix("this is another program's database") == true)
    }

    @Test(arguments: [
        "this is a text, and not a short one: SQLite looks at a hundred bytes at least of what it is given, more than this"
    ])
    func `a file that is no database is refused and stays as it is`(text: String) throws {
        let descriptor = Glibc.open(folder.file, O_CREAT | O_WRONLY, 0o600)
        write(descriptor, text, text.utf8.count)
        close(descriptor)
        let error = #expect(throws: StoreError.self) { try SQLiteStore.open(folder.file) }
        #expect(
            error?.sentence == """
                this is not a database; is "path" right? Move the file away to start a new one \
                (file is not a database)
                """)
        var status = stat()
        stat(folder.file, &status)
        #expect(status.st_size == text.utf8.count)
    }

    @Test func `a directory that is missing is named`() {
        let file = "\(folder.path)/missing/p.sqlite"
        let error = #expect(throws: StoreError.self) { try SQLiteStore.open(file) }
        #expect(
            error?.description
                == "store: \(file): can't make \(file).lock: no such file or directory")
    }
}

extension LogRecorder {
    /// The first entry of a level, when there is one.
    fileprivate func log(_ level: Log.Level) async -> Log.Entry {
        await first { $0.level == level }
    }
}
