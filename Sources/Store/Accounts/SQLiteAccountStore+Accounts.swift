import MessageBus

extension SQLiteAccountStore {
    // MARK: - Passwords

    /// Returns the stored password of an account.
    package func credentials(ofName key: String) throws -> Credentials? {
        try credentials("key = ?1") { statement throws(StoreError) in try statement.bind(1, key) }
    }

    /// Returns the stored password of an account.
    package func credentials(of id: AccountID) throws -> Credentials? {
        try credentials("id = ?1") { statement in statement.bind(1, id.rawValue) }
    }

    private func credentials(
        _ condition: String, _ bind: (Statement) throws(StoreError) -> Void
    ) throws(StoreError) -> Credentials? {
        try database().rows(
            """
            SELECT id, name, key, role, password, password_version FROM accounts
            WHERE \(condition) AND password IS NOT NULL
            """, bind
        ) { row in
            Credentials(
                Self.account(in: row), password: row.text(4) ?? "",
                passwordVersion: row.integer(5))
        }.first
    }

    /// Returns all accounts with the moments when they were made, by name.
    package func accounts() throws -> [(account: Account, created: Timestamp)] {
        try database().rows(
            """
            SELECT id, name, key, role, created FROM accounts WHERE key IS NOT NULL ORDER BY key
            """
        ) { row in
            (Self.account(in: row), row.time(4))
        }
    }

    /// Returns the account in the first four columns of a row: id, name, key, role.
    static func account(in row: Statement) -> Account {
        Account(
            id: AccountID(rawValue: row.integer(0)), name: row.text(1) ?? "",
            key: row.text(2) ?? "",
            // A role of a newer version must not give more rights than it should.
            role: row.text(3).flatMap(Role.init) ?? .member)
    }

    /// Sets a password that its owner or the operator chose.
    package func setPassword(_ password: String, of id: AccountID) throws -> Bool {
        try change { database, version throws(StoreError) in
            try endSessions(of: id.rawValue, in: database)
            return try database.run(
                """
                UPDATE accounts SET password = ?1, password_version = ?2, version = ?2
                WHERE id = ?3 AND password IS NOT NULL
                """
            ) { statement throws(StoreError) in
                try statement.bind(1, password)
                statement.bind(2, version)
                statement.bind(3, id.rawValue)
            }
        }
    }

    /// Replaces the hash of a password by a stronger one of the same password.
    package func rehash(_ password: String, replacing old: String, of id: AccountID) throws {
        try transaction { database throws(StoreError) in
            // Not if the password was changed meanwhile.
            _ = try database.run(
                "UPDATE accounts SET password = ?1 WHERE id = ?2 AND password = ?3"
            ) { statement throws(StoreError) in
                try statement.bind(1, password)
                statement.bind(2, id.rawValue)
                try statement.bind(3, old)
            }
        }
    }

    // MARK: - Names

    /// Adds an account, unless the name is registered or reserved.
    package func create(
        _ name: String, key: String, role: Role, password: String, at time: Timestamp
    ) throws -> AccountCreation {
        try change { database, version throws(StoreError) in
            if let owner = try owner(of: key, in: database) {
                return owner.isReserved ? .nameIsReserved : .nameIsRegistered
            }
            _ = try database.run(
                """
                INSERT INTO accounts (key, name, role, password, password_version, created, version)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)
                """
            ) { statement throws(StoreError) in
                try statement.bind(1, key)
                try statement.bind(2, name)
                try statement.bind(3, role.rawValue)
                try statement.bind(4, password)
                statement.bind(5, version)
                statement.bind(6, time)
            }
            let id = AccountID(rawValue: database.lastRow)
            return .created(Account(id: id, name: name, key: key, role: role))
        }
    }

    /// Returns the result that creating an account of a folded name would have; `nil` if the name
    /// is free.
    package func availability(of key: String) throws -> AccountCreation? {
        try owner(of: key, in: database()).map {
            $0.isReserved ? .nameIsReserved : .nameIsRegistered
        }
    }

    /// Returns the account that a folded name belongs to; `nil` if anybody may have it.
    private func owner(
        of key: String, in database: Database
    ) throws(StoreError) -> (id: Int64, isReserved: Bool)? {
        try database.rows(
            """
            SELECT id, 0 FROM accounts WHERE key = ?1
            UNION ALL SELECT account, 1 FROM reserved_names WHERE key = ?1 AND NOT freed
            """
        ) { statement throws(StoreError) in
            try statement.bind(1, key)
        } _: { row in
            (row.integer(0), row.integer(1) != 0)
        }.first
    }

    /// Gives an account another name; the old one is reserved for it.
    package func rename(
        _ id: AccountID, to name: String, key: String, at time: Timestamp
    ) throws -> AccountRenaming {
        try change { database, version throws(StoreError) in
            guard let old = try presentName(of: id, in: database) else { return .unknown }
            if let owner = try owner(of: key, in: database), owner.id != id.rawValue {
                return owner.isReserved ? .nameIsReserved : .nameIsRegistered
            }
            _ = try database.run(
                "UPDATE accounts SET name = ?1, key = ?2, version = ?3 WHERE id = ?4"
            ) { statement throws(StoreError) in
                try statement.bind(1, name)
                try statement.bind(2, key)
                statement.bind(3, version)
                statement.bind(4, id.rawValue)
            }
            try moveRestrictions(of: id, to: name, key: key, version, in: database)
            guard old.key != key else { return .renamed }
            try reserve(old.name, key: old.key, for: id, at: time, version, in: database)
            // It may have been its own, earlier.
            _ = try free(key, version, in: database)
            return .renamed
        }
    }

    private func presentName(
        of id: AccountID, in database: Database
    ) throws(StoreError) -> (name: String, key: String)? {
        try database.rows("SELECT name, key FROM accounts WHERE id = ?1 AND key IS NOT NULL") {
            statement in
            statement.bind(1, id.rawValue)
        } _: { row in
            (row.text(0) ?? "", row.text(1) ?? "")
        }.first
    }

    private func reserve(
        _ name: String, key: String, for id: AccountID, at time: Timestamp, _ version: Int64,
        in database: Database
    ) throws(StoreError) {
        _ = try database.run(
            """
            INSERT INTO reserved_names (key, name, account, time, freed, version)
            VALUES (?1, ?2, ?3, ?4, 0, ?5) ON CONFLICT (key) DO UPDATE
            SET name = excluded.name, account = excluded.account, time = excluded.time, freed = 0,
                version = excluded.version
            """
        ) { statement throws(StoreError) in
            try statement.bind(1, key)
            try statement.bind(2, name)
            statement.bind(3, id.rawValue)
            statement.bind(4, time)
            statement.bind(5, version)
        }
    }

    /// Frees a reserved name.
    package func free(_ key: String) throws -> Bool {
        try change { database, version throws(StoreError) in
            try free(key, version, in: database)
        }
    }

    private func free(
        _ key: String, _ version: Int64, in database: Database
    ) throws(StoreError) -> Bool {
        try database.run(
            "UPDATE reserved_names SET freed = 1, version = ?2 WHERE key = ?1 AND NOT freed"
        ) { statement throws(StoreError) in
            try statement.bind(1, key)
            statement.bind(2, version)
        }
    }

    // MARK: - Removing

    /// Removes an account and all that belongs to it; its name is reserved.
    package func remove(_ id: AccountID, at time: Timestamp) throws -> Bool {
        try change { database, version throws(StoreError) in
            guard let old = try presentName(of: id, in: database) else { return false }
            try reserve(old.name, key: old.key, for: id, at: time, version, in: database)
            _ = try database.run(
                """
                UPDATE accounts SET key = NULL, password = NULL, removed = ?3, version = ?2
                WHERE id = ?1
                """
            ) { statement in
                statement.bind(1, id.rawValue)
                statement.bind(2, version)
                statement.bind(3, time)
            }
            for table in Self.tablesOfAccounts {
                _ = try database.run("DELETE FROM \(table) WHERE account = ?1") { statement in
                    statement.bind(1, id.rawValue)
                }
            }
            try removePrivateMessages(of: id, in: database)
            return true
        }
    }

    /// The tables whose rows belong to an account.
    private static let tablesOfAccounts = ["login_addresses", "tokens", "sessions", "seen"]

    // MARK: - Roles

    /// Sets a role.
    package func setRole(
        _ role: Role, of id: AccountID, keepsAnAdmin: Bool
    ) throws -> ModerationResult {
        try change { database, version throws(StoreError) in
            guard try presentName(of: id, in: database) != nil else { return .unknown }
            if keepsAnAdmin, role != .admin, try isLastAdmin(id, in: database) { return .refused }
            _ = try database.run("UPDATE accounts SET role = ?1, version = ?2 WHERE id = ?3") {
                statement throws(StoreError) in
                try statement.bind(1, role.rawValue)
                statement.bind(2, version)
                statement.bind(3, id.rawValue)
            }
            return .done
        }
    }

    /// Returns true if an account is the only admin.
    package func isLastAdmin(_ id: AccountID) throws -> Bool {
        try isLastAdmin(id, in: database())
    }

    private func isLastAdmin(_ id: AccountID, in database: Database) throws(StoreError) -> Bool {
        let admins = try database.rows(
            "SELECT id FROM accounts WHERE role = 'admin' AND key IS NOT NULL LIMIT 2"
        ) { row in
            row.integer(0)
        }
        return admins == [id.rawValue]
    }
}
