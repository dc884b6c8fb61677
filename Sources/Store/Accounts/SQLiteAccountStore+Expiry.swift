import MessageBus

extension SQLiteAccountStore {
    /// Milliseconds that a message waits for somebody who is away.
    private static let maxWait: Int64 = 90 * 86_400_000
    /// Milliseconds that rows stay for others to see that they are void: an hour, while a daemon
    /// looks twice a second.
    private static let grace: Int64 = 3_600_000

    /// Deletes what is too old.
    package func deleteExpired(at time: Timestamp, history: Int64?) throws {
        let now = time.milliseconds
        var statements: [(String, Int64)] = [
            (
                "UPDATE private_messages SET waiting = 0 WHERE waiting AND time < ?1",
                now - Self.maxWait
            ),
            ("DELETE FROM bans WHERE until < ?1", now - Self.grace),
            ("DELETE FROM accounts WHERE removed < ?1", now - Self.grace),
            ("DELETE FROM sessions WHERE seen < ?1", now - 30 * 86_400_000),
            ("DELETE FROM login_attempts WHERE used < ?1 AND until < ?1", now - Self.grace),
        ]
        if let history {
            statements += [
                ("DELETE FROM private_messages WHERE time < ?1 AND NOT waiting", now - history),
                ("DELETE FROM reserved_names WHERE time < ?1", now - history - Self.grace),
            ]
        }
        try transaction(.normal) { database throws(StoreError) in
            for (text, limit) in statements {
                _ = try database.run(text) { statement in statement.bind(1, limit) }
            }
        }
    }
}
