import MessageBus

// Browsers that are logged in, and how far people have read.
extension SQLiteAccountStore {
    /// The time after its last use at which the login of a session ends.
    static let lifetime = Duration.seconds(30 * 86_400)
    /// The time until the use of a session is written again.
    private static let useInterval = Duration.seconds(3_600)
    /// The most sessions of an account; the ones not used for longest go.
    private static let maxOfAccount = 100

    /// Logs a session in.
    package func logIn(
        session digest: [UInt8], to id: AccountID, passwordVersion version: Int64,
        at time: Timestamp
    ) throws {
        try transaction(.normal) { database throws(StoreError) in
            // Not if the account was removed, or has got another password, meanwhile.
            _ = try database.run(
                """
                INSERT OR REPLACE INTO sessions (digest, account, seen)
                SELECT ?1, id, ?3 FROM accounts
                WHERE id = ?2 AND key IS NOT NULL AND password_version = ?4
                """
            ) { statement throws(StoreError) in
                try statement.bind(1, bytes: digest)
                statement.bind(2, id.rawValue)
                statement.bind(3, time)
                statement.bind(4, version)
            }
            _ = try database.run(
                """
                DELETE FROM sessions WHERE account = ?1 AND digest IN (
                    SELECT digest FROM sessions WHERE account = ?1
                    ORDER BY seen DESC LIMIT -1 OFFSET \(Self.maxOfAccount))
                """
            ) { statement in statement.bind(1, id.rawValue) }
        }
    }

    /// Returns the account of a session, and records that the session is used; `nil` if it is not
    /// logged in.
    package func account(ofSession digest: [UInt8], at time: Timestamp) throws -> AccountID? {
        let found = try database().rows(
            "SELECT account, seen FROM sessions WHERE digest = ?1 AND seen > ?2"
        ) { statement throws(StoreError) in
            try statement.bind(1, bytes: digest)
            statement.bind(2, time - Self.lifetime)
        } _: { row in
            (account: AccountID(rawValue: row.integer(0)), seen: row.time(1))
        }.first
        guard let found else { return nil }
        if time - found.seen > Self.useInterval {
            try transaction(.normal) { database throws(StoreError) in
                _ = try database.run("UPDATE sessions SET seen = ?2 WHERE digest = ?1") {
                    statement throws(StoreError) in
                    try statement.bind(1, bytes: digest)
                    statement.bind(2, time)
                }
            }
        }
        return found.account
    }

    /// Logs a session out.
    package func endSession(_ digest: [UInt8]) throws {
        try transaction(.normal) { database throws(StoreError) in
            _ = try database.run("DELETE FROM sessions WHERE digest = ?1") {
                statement throws(StoreError) in
                try statement.bind(1, bytes: digest)
            }
        }
    }

    /// Logs all sessions of an account out.
    func endSessions(of account: Int64, in database: Database) throws(StoreError) {
        _ = try database.run("DELETE FROM sessions WHERE account = ?1") { statement in
            statement.bind(1, account)
        }
    }

    // MARK: - How far people have read

    /// Records how far somebody has read a room; never moves back.
    package func recordSeen(_ number: MessageNumber, in room: String, by id: AccountID) throws {
        try transaction(.normal) { database throws(StoreError) in
            _ = try database.run(
                """
                INSERT INTO seen (account, room, number)
                SELECT id, ?2, ?3 FROM accounts WHERE id = ?1 AND key IS NOT NULL
                ON CONFLICT (account, room) DO UPDATE SET number = max(number, excluded.number)
                """
            ) { statement throws(StoreError) in
                statement.bind(1, id.rawValue)
                try statement.bind(2, room)
                statement.bind(3, number)
            }
        }
    }

    /// Returns how far somebody has read, by room.
    package func seen(by id: AccountID) throws -> [String: MessageNumber] {
        let rows = try database().rows("SELECT room, number FROM seen WHERE account = ?1") {
            statement in
            statement.bind(1, id.rawValue)
        } _: { row in
            (row.text(0) ?? "", row.number(1))
        }
        return Dictionary(rows, uniquingKeysWith: max)
    }
}
