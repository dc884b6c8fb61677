import MessageBus

extension SQLiteAccountStore {
    /// Returns all tokens, by name.
    package func tokens() throws -> [Token] { try tokens(in: database()).map(\.token) }

    /// Returns all tokens with the digests of their secrets, by name.
    func tokens(
        in database: Database
    ) throws(StoreError) -> [(token: Token, digest: [UInt8])] {
        try database.rows(
            "SELECT name, key, account, room, read_only, created, hash FROM tokens ORDER BY key"
        ) { row in
            let token = Token(
                row.text(0) ?? "", key: row.text(1) ?? "",
                account: row.isNull(2) ? nil : AccountID(rawValue: row.integer(2)),
                room: row.text(3), isReadOnly: row.integer(4) != 0,
                created: row.time(5))
            return unsafe (token, Array(row.bytes(6)))
        }
    }

    /// Adds a token.
    package func add(_ token: Token, digest: [UInt8]) throws -> Bool {
        try change { database, _ throws(StoreError) in
            try database.run(
                """
                INSERT OR IGNORE INTO tokens (name, key, hash, account, room, read_only, created)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """
            ) { statement throws(StoreError) in
                try statement.bind(1, token.name)
                try statement.bind(2, token.key)
                try statement.bind(3, bytes: digest)
                if let account = token.account { statement.bind(4, account.rawValue) }
                try statement.bind(5, token.room)
                statement.bind(6, Int64(token.isReadOnly ? 1 : 0))
                statement.bind(7, token.created)
            }
        }
    }

    /// Removes a token.
    package func removeToken(_ key: String) throws -> Bool {
        try change { database, _ throws(StoreError) in
            try database.run("DELETE FROM tokens WHERE key = ?1") {
                statement throws(StoreError) in
                try statement.bind(1, key)
            }
        }
    }
}
