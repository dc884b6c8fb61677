import MessageBus

extension SQLiteAccountStore {
    /// Returns what has changed since a version, and all tokens.
    ///
    /// Everything, with `isWhole`, if the version is 0 or newer than the file's, or if another file
    /// was opened since the last call: so each store may have only one caller. Called under the
    /// lock of `SharedAccountStore`.
    package func changes(since version: Int64) throws -> StoredAccounts {
        if try hasNoAccountsYet() { return StoredAccounts(version: 0, isWhole: true) }
        let database = try database()
        let currentVersion = try self.version(database)
        // A file that has taken the place of another one has nothing to do with what was known.
        let isWhole = removeWasOpened() || version == 0 || currentVersion < version
        let sinceVersion = isWhole ? 0 : version
        var stored = StoredAccounts(version: currentVersion, isWhole: isWhole)
        if currentVersion == sinceVersion, !isWhole { return stored }
        // One moment for all tables.
        try database.execute("BEGIN")
        defer { try? database.execute("COMMIT") }
        stored.version = try self.version(database)
        stored.accounts = try accounts(since: sinceVersion, in: database)
        stored.reservedNames = try reservedNames(since: sinceVersion, in: database)
        stored.bans = try bans(since: sinceVersion, in: database)
        stored.mutes = try mutes(since: sinceVersion, in: database)
        stored.tokens = try tokens(in: database)
        return stored
    }

    private func accounts(
        since version: Int64, in database: Database
    ) throws(StoreError) -> [StoredAccounts.Entry] {
        try database.rows(
            """
            SELECT id, name, key, role, password_version, key IS NULL FROM accounts
            WHERE version > ?1 AND (key IS NOT NULL OR ?1 > 0) ORDER BY version
            """
        ) { statement in
            statement.bind(1, version)
        } _: { row in
            StoredAccounts.Entry(
                Self.account(in: row), passwordVersion: row.integer(4),
                isRemoved: row.integer(5) != 0)
        }
    }

    private func reservedNames(
        since version: Int64, in database: Database
    ) throws(StoreError) -> [StoredAccounts.ReservedName] {
        try database.rows(
            "SELECT key, time, freed FROM reserved_names WHERE version > ?1 ORDER BY version"
        ) { statement in
            statement.bind(1, version)
        } _: { row in
            StoredAccounts.ReservedName(
                key: row.text(0) ?? "", time: row.time(1),
                isFreed: row.integer(2) != 0)
        }
    }
}
