import Glibc
import MessageBus
import Sockets
import Synchronization
import Testing
import TestSupport

@testable import Store

@Suite(.timeLimit(.minutes(10))) struct StorePartsTests {
    private let folder = StoreFolder()

    @Test func `telling costs the same however often that was done`() {
        let status = StoreStatus()
        let calls = Atomic(0)
        status.observe { calls.add(1, ordering: .relaxed) }
        // Would take minutes if each call made the next one slower.
        for _ in 0..<100_000 { status.notifyObserver() }
        #expect(calls.load(ordering: .relaxed) == 100_000)
    }

    @Test func `an allowance begins anew every second`() {
        var allowance = PerSecondLimit(perSecond: 2)
        let taken = [0, 1, 2, 999, 1_000, 1_001, 1_002].map { allowance.spend(at: $0) }
        #expect(taken == [true, true, false, false, true, true, false])
    }

    @Test func `an error says what SQLite says, and never a value`() throws {
        let database = try Database(folder.file, .write)
        try database.execute("CREATE TABLE secrets (name TEXT UNIQUE)")
        let statement = try Statement(database, "INSERT INTO secrets VALUES (?1)")
        try statement.bind(1, "hunter2")
        try statement.run()
        let error = #expect(throws: StoreError.self) { try statement.run() }
        #expect(
            error?.description
                == "store: \(folder.file): SQLite reports an error (UNIQUE constraint failed: secrets.name)"
        )
        #expect(error?.isAboutOneRow == true)
    }

    @Test func `a transaction that fails leaves nothing`() throws {
        let database = try Database(folder.file, .write)
        try database.execute("CREATE TABLE t (n)")
        #expect(throws: StoreError.self) {
            try database.transaction { () throws(StoreError) in
                try database.execute("INSERT INTO t VALUES (1)")
                try database.execute("INSERT INTO nowhere VALUES (1)")
            }
        }
        #expect(try database.number("SELECT count(*) FROM t") == 0)
        #expect(!database.isInTransaction)
    }

    @Test func `an empty text is a text`() throws {
        let database = try Database(":memory:", .memory)
        let statement = try Statement(database, "SELECT ?1, ?2, ?3, typeof(?1), typeof(?2)")
        try statement.bind(1, "")
        try statement.bind(2, staying: UnsafeRawBufferPointer(start: nil, count: 0))
        try statement.bind(3, String?.none)
        #expect(try statement.step())
        #expect(statement.text(0) == "")
        #expect(statement.text(2) == nil)
        #expect([statement.text(3), statement.text(4)] == ["text", "text"])
    }

    @Test func `the schema is made once`() throws {
        let database = try Database(folder.file, .write)
        #expect(try Schema.check(database) == 0)
        try Schema.prepare(database)
        try Schema.prepare(database)
        #expect(try Schema.check(database) == Schema.current)
        #expect(try database.number("SELECT count(*) FROM log") == 0)
    }

    @Test func `another program's tables are left alone`() throws {
        let database = try Database(folder.file, .write)
        try database.execute("CREATE TABLE theirs (n)")
        #expect(throws: StoreError.self) { try Schema.prepare(database) }
        #expect(try database.number("SELECT count(*) FROM sqlite_schema") == 1)
    }

    @Test func `the lock file remembers numbers`() throws {
        let lock = try StoreLock(folder.file)
        #expect(lock.reserved == 0)
        #expect(lock.reserve(below: 77))
        #expect(throws: StoreError.self) { try StoreLock(folder.file) }
        lock.release()
        #expect(try StoreLock(folder.file).reserved == 77)
    }

    @Test func `a store has one lock, whatever it is called`() throws {
        let other = folder.file + ".away"
        #expect(symlink(folder.file, other) == 0)
        let held = try StoreLock(folder.file)
        // The file does not exist yet, so its folder counts.
        #expect(throws: StoreError.self) { try StoreLock(folder.path + "/./puente.sqlite") }
        _ = try Database(folder.file, .write)
        #expect(throws: StoreError.self) { try StoreLock(other) }
        held.release()
    }

    @Test func `a second process that reserves numbers is noticed`() throws {
        let ours = try WriteConnection(folder.file)
        let theirs = try WriteConnection(folder.file)
        func reserve(_ number: MessageNumber, in connection: WriteConnection) throws {
            try connection.database.transaction { () throws(StoreError) in
                try connection.reserve(below: number)
            }
            connection.confirmReserved(below: number)
        }
        #expect(try ours.firstFreeNumber() == 1)
        try reserve(100, in: ours)
        #expect(try theirs.firstFreeNumber() == 100)
        try reserve(200, in: theirs)
        let error = #expect(throws: StoreError.self) { try reserve(150, in: ours) }
        #expect(
            error?.sentence
                == "another process is writing to it; a store can have only one daemon")
        // Returning numbers lowers it.
        try reserve(120, in: theirs)
        try reserve(150, in: theirs)
    }

    @Test func `numbers rise, are reserved first, and are forced when nobody does it`() {
        let numbers = NumberReserve()
        numbers.start(at: 10)
        #expect(numbers.target == (10 as MessageNumber) + 2 * MessageNumber.reservationSize)
        numbers.extend(to: 100)
        var asked = 0
        #expect(numbers.allocate(50, ask: { asked += 1 }, force: { _ in }) == 10)
        numbers.skip(below: 70)
        #expect(numbers.allocate(30, ask: { asked += 1 }, force: { _ in }) == 70)
        var forced: MessageNumber = 0
        #expect(numbers.allocate(5, ask: { asked += 1 }, force: { forced = $0 }) == 100)
        #expect(forced == 105)
        #expect(asked > 0)
    }

    @Test func `a waiter that is cancelled is released`() async {
        let answer = Promise<Int>()
        let task = Task { try await answer.wait() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `pages of small turns are joined, and a text larger than a page is taken`() {
        let page = MessagePage()
        let small = MessageArena(
            [.make("uno", number: 1), .make("dos", number: 2)], in: "general")
        #expect(page.append(small, from: 0) == 2)
        let other = MessagePage()
        let third = MessageArena([.make("tres", room: "logs", number: 3)], in: "logs")
        #expect(other.append(third, from: 0) == 1)
        #expect(page.append(other))
        #expect(page.runs.map(\.room) == ["general", "logs"])
        #expect(page.runs.map(\.end) == [2, 3])
        #expect((0..<3).map { page.arena.message(at: $0).text } == ["uno", "dos", "tres"])
        let large = MessageArena(
            [.make(String(repeating: "x", count: MessagePage.bytes + 1))], in: "general")
        #expect(page.append(large, from: 0) == 0)
        let empty = MessagePage()
        #expect(empty.append(large, from: 0) == 1)
        #expect(!page.append(empty))
        empty.removeAll()
        #expect(empty.isEmpty && empty.arena.storage.capacity == MessagePage.bytes)
    }
}
