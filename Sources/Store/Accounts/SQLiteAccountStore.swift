import MessageBus

/// The accounts in a SQLite file, used over a connection of their own beside those for the
/// messages.
///
/// Owned by the accounts' `SharedAccountStore`, under its lock, or by a command for accounts.
/// SQLite's own locks keep it apart from whoever else writes: the store's thread, which it takes
/// turns with, and the command line.
package final class SQLiteAccountStore: AccountStore {
    private let path: String
    private let beginLock: BeginLock
    /// True if it ends with the process.
    let isInMemory: Bool
    private var current: Database?
    /// True if the file was opened since changes were last asked for: it may be another one.
    private var wasOpened = true

    /// Makes a store for a file that another connection of this process creates and brings up to
    /// date; it is opened when it is first needed.
    ///
    /// - Parameter beginLock: the lock under which they begin to write.
    package init(besideStoreAt path: String, beginLock: BeginLock = BeginLock()) {
        self.path = path
        self.beginLock = beginLock
        isInMemory = false
    }

    /// Makes a store in memory, which ends with the process.
    ///
    /// - Throws: `StoreError` if there is no memory.
    package init() throws(StoreError) {
        path = ":memory:"
        beginLock = BeginLock()
        isInMemory = true
        let database = try Database(path, .memory)
        // Pages of 4 KiB: 256 MiB, more than the accounts of a chat without a store may ever need.
        try database.execute("PRAGMA max_page_count = 65536")
        try Schema.prepare(database)
        current = database
    }

    /// Makes a store on a connection.
    init(_ database: Database) {
        path = database.path
        beginLock = database.beginLock
        isInMemory = false
        current = database
    }

    // MARK: - The connection

    /// Returns the connection; opens the file again if another one has its name by now.
    func database() throws(StoreError) -> Database {
        if let current {
            if isInMemory || current.identity == FileIdentity(of: path) { return current }
            self.current = nil
        }
        let opened = try Database(path, .companion)
        guard try Schema.check(opened) == Schema.current else {
            throw StoreError(path, "it has no accounts yet", mayPass: true)
        }
        try Self.configure(opened)
        opened.beginLock = beginLock
        current = opened
        wasOpened = true
        return opened
    }

    /// Returns true, once, if the file was opened since the last call.
    func removeWasOpened() -> Bool {
        defer { wasOpened = false }
        return wasOpened
    }

    /// Returns true if there can't be accounts: no file, an empty one, or one of an earlier
    /// version.
    func hasNoAccountsYet() throws(StoreError) -> Bool {
        if current != nil, isInMemory { return false }
        if FileIdentity(of: path) == nil { return true }
        if current != nil { return false }
        return try Schema.check(Database(path, .read)) < Schema.current
    }

    /// Sets the options that every connection for accounts has.
    static func configure(_ database: Database) throws(StoreError) {
        // Old passwords and private messages leave the file with their rows.
        try database.execute("PRAGMA secure_delete = ON")
        // Here nobody but a login waits while pages are moved. Left to the store's thread, which
        // moves them when it has written messages, the log would grow as long as only passwords are
        // tried.
        try database.execute("PRAGMA wal_autocheckpoint = 1000")
    }

    /// Closes the connection.
    package func close() { current = nil }

    // MARK: - Transactions

    /// The events that a committed transaction must survive.
    enum Durability {
        /// It must survive a power cut once it is committed.
        case full
        /// It survives the process, but perhaps not a power cut; costs no wait for the disk.
        case normal
    }

    /// Runs a function in a transaction, all of it or nothing.
    func transaction<Value>(
        _ durability: Durability = .full, _ body: (Database) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let database = try database()
        switch durability {
        case .full: try database.execute("PRAGMA synchronous = FULL")
        case .normal: try database.execute("PRAGMA synchronous = NORMAL")
        }
        return try database.transaction { () throws(StoreError) in try body(database) }
    }

    /// Runs a function in a transaction that changes accounts, reserved names, bans or tokens, with
    /// the version for the changed rows.
    func change<Value>(
        _ body: (Database, Int64) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        try transaction { database throws(StoreError) in
            let raising = try database.statement(
                "UPDATE meta SET value = value + 1 WHERE key = 'accounts' RETURNING value")
            var version: Int64 = 0
            while try raising.step() { version = raising.integer(0) }
            return try body(database, version)
        }
    }

    /// Returns the present version of what is stored.
    func version(_ database: Database) throws(StoreError) -> Int64 {
        let statement = try database.statement("SELECT value FROM meta WHERE key = 'accounts'")
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : 0
    }
}

extension Database {
    /// Runs a statement with values to its end; returns true if it has changed a row.
    func run(
        _ text: String, _ bind: (Statement) throws(StoreError) -> Void
    ) throws(StoreError) -> Bool {
        let statement = try statement(text)
        defer {
            statement.reset()
            statement.clear()
        }
        try bind(statement)
        try statement.run()
        return changeCount > 0
    }

    /// Returns the rows that a statement with values yields.
    func rows<Row>(
        _ text: String, _ bind: (Statement) throws(StoreError) -> Void = { _ in },
        _ make: (Statement) throws(StoreError) -> Row
    ) throws(StoreError) -> [Row] {
        let statement = try statement(text)
        // A failure in the middle must not leave the statement, and so a transaction, open.
        defer {
            statement.reset()
            statement.clear()
        }
        try bind(statement)
        var rows: [Row] = []
        while try statement.step() { rows.append(try make(statement)) }
        return rows
    }
}
