import CSQLite
import Glibc

/// A connection to a SQLite file.
///
/// Owned by one holder at a time, mostly a `WriteConnection` or a `StoreReader`, which check it.
@safe final class Database {
    let path: String
    let pointer: OpaquePointer
    /// Identity of the open file, whatever has its name later.
    let identity: FileIdentity?
    /// Sentences about permissions that were corrected on the file and its companions.
    let remarks: [String]
    private var statements: [String: Statement] = [:]
    /// The order in which it writes beside other connections of this process.
    var beginLock = BeginLock()

    /// Milliseconds that a connection waits for the transaction of another program: longer than one
    /// should take.
    private static let timeout = 1_000

    /// The purpose of a connection.
    enum Access {
        /// Reads and writes; creates the file if there is none, for its owner only.
        case write
        /// Moves pages of a file that another connection of this process writes.
        case companion
        /// Reads a file that another connection writes.
        case read
        /// In memory, for as long as the connection lives.
        case memory
    }

    /// Opens a file.
    ///
    /// - Throws: `StoreError`.
    init(_ path: String, _ access: Access) throws(StoreError) {
        self.path = path
        // It will hold conversations.
        remarks = access == .write ? try OwnerOnly(path).prepareDatabase() : []
        let flags =
            switch access {
            case .write: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .companion: SQLITE_OPEN_READWRITE
            case .read: SQLITE_OPEN_READONLY
            case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
            }
        var opened: OpaquePointer?
        // No mutex: a connection has one thread.
        let result = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened = unsafe opened else {
            throw StoreError(path, "there is no memory left")
        }
        guard result == SQLITE_OK else {
            let error = unsafe StoreError(path, sqlite3_extended_errcode(opened), of: opened)
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe pointer = opened
        identity = access == .memory ? nil : FileIdentity(of: path)
        unsafe sqlite3_extended_result_codes(pointer, 1)
        wait(atMost: Self.timeout)
        try execute("PRAGMA temp_store = MEMORY")
        if access == .write { try addSearchWords() }
    }

    /// Registers the SQL function `search_words`, which turns a text into words for the index.
    private func addSearchWords() throws(StoreError) {
        let result = unsafe sqlite3_create_function_v2(
            pointer, "search_words", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
            Unmanaged.passRetained(SearchWriter()).toOpaque(),
            { context, _, values in
                guard let writer = unsafe SearchWriter.writer(of: context) else { return }
                unsafe writer.answer(context, values?[0])
            }, nil, nil, { unsafe SearchWriter.release($0) })
        // SQLite has released the writer if it failed.
        if result != SQLITE_OK { throw error(result) }
    }

    deinit {
        // Otherwise SQLite keeps the connection until the last of them is gone.
        statements = [:]
        unsafe sqlite3_close_v2(pointer)
    }

    /// Path of the file as SQLite found it, links followed.
    var fullPath: String {
        unsafe sqlite3_db_filename(pointer, "main").map { unsafe String(cString: $0) } ?? path
    }

    /// Sets how long the connection waits for another program's lock.
    ///
    /// It asks each millisecond. SQLite's own handler soon asks ten times a second only, and would
    /// not see the pauses that a daemon makes (`StoreWriter`).
    ///
    /// - Parameter milliseconds: the number of times that it asks, which takes a little longer on a
    ///   busy machine.
    func wait(atMost milliseconds: Int) {
        unsafe sqlite3_busy_handler(
            pointer,
            { most, count in
                guard count < Int(bitPattern: most) else { return 0 }
                usleep(1_000)
                return 1
            }, UnsafeMutableRawPointer(bitPattern: milliseconds))
    }

    /// Runs statements without values and results.
    func execute(_ statements: String) throws(StoreError) {
        let result = unsafe sqlite3_exec(pointer, statements, nil, nil, nil)
        if result != SQLITE_OK { throw error(result) }
    }

    /// Returns the statement for a text; it is prepared only once.
    func statement(_ text: String) throws(StoreError) -> Statement {
        if let statement = statements[text] { return statement }
        let statement = try Statement(self, text)
        statements[text] = statement
        return statement
    }

    /// Returns SQLite's complaint as an error.
    func error(_ result: Int32) -> StoreError { unsafe StoreError(path, result, of: pointer) }

    /// Returns the first number that a statement yields.
    func number(_ statement: String) throws(StoreError) -> Int64? {
        let statement = try Statement(self, statement)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Returns the room's number in the file, `nil` if it has none.
    func id(ofRoom name: String) throws(StoreError) -> Int64? {
        let statement = try statement("SELECT id FROM rooms WHERE name = ?1")
        defer { statement.reset() }
        try statement.bind(1, name)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Moves committed pages from the write-ahead log into the database, as far as possible without
    /// waiting.
    ///
    /// Returns how many pages of the log are moved by now, `nil` if it failed.
    func checkpoint() -> Int32? {
        var (pages, moved): (Int32, Int32) = (0, 0)
        let result = unsafe sqlite3_wal_checkpoint_v2(
            pointer, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &moved)
        return result == SQLITE_OK && moved >= 0 ? moved : nil
    }

    /// Rows that the latest INSERT, UPDATE or DELETE has changed.
    var changeCount: Int { unsafe Int(sqlite3_changes(pointer)) }
    /// Rows changed since the connection was opened.
    var totalChangeCount: Int { unsafe Int(sqlite3_total_changes(pointer)) }
    /// The number of the row that was inserted last.
    var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(pointer) }

    /// True while a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(pointer) == 0 }

    /// Runs a function in a transaction, all of it or nothing.
    func transaction<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        // IMMEDIATE, because a transaction that began by reading can't wait for another's lock.
        try beginLock.begin { () throws(StoreError) in try execute("BEGIN IMMEDIATE") }
        do throws(StoreError) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled some failures back itself.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }
}
