import MessageBus

extension SQLiteAccountStore {
    /// Milliseconds that the command line waits for other processes that write.
    private static let timeout = 5_000

    /// Opens a file for the command line, also while a daemon runs.
    ///
    /// - Parameter createsFile: true if a missing file is to be created; else it counts as an empty
    ///   one.
    /// - Throws: `StoreError`, also if a daemon of an earlier version has the file open.
    package static func open(
        _ path: String, createsFile: Bool
    ) throws(StoreError) -> SQLiteAccountStore {
        if !createsFile, FileIdentity(of: path) == nil { return try SQLiteAccountStore() }
        let database = try Database(path, .write)
        database.wait(atMost: timeout)
        if try Schema.check(database) != Schema.current { try upgrade(database) }
        try database.execute("PRAGMA secure_delete = ON")
        return SQLiteAccountStore(database)
    }

    /// Brings a file up to date, unless a daemon of an earlier version has it open.
    private static func upgrade(_ database: Database) throws(StoreError) {
        let lock: StoreLock
        do throws(StoreError) {
            lock = try StoreLock(database.path)
        } catch {
            // The daemon may have brought it up to date meanwhile.
            if try Schema.check(database) == Schema.current { return }
            throw StoreError(
                database.path,
                """
                it has the format of an earlier version, and \(error.sentence): restart that daemon \
                with this version
                """)
        }
        defer { lock.release() }
        try database.execute("PRAGMA journal_mode = WAL")
        try Schema.prepare(database)
    }
}
