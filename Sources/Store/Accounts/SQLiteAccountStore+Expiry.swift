import MessageBus

extension SQLiteAccountStore {
    /// The time for which a message waits for somebody who is away.
    private static let maxWait = Duration.seconds(90 * 86_400)
    /// The time for which rows stay for others to see that they are void: an hour, while a daemon
    /// looks twice a second.
    private static let grace = Duration.seconds(3_600)

    /// Deletes what is too old.
    package func deleteExpired(at now: Timestamp, history: Duration?) throws {
        var statements: [(String, Timestamp)] = [
            (
                "UPDATE private_messages SET waiting = 0 WHERE waiting AND time < ?1",
                now - Self.maxWait
            ),
            ("DELETE FROM bans WHERE until < ?1", now - Self.grace),
            ("DELETE FROM accounts WHERE removed < ?1", now - Self.grace),
            ("DELETE FROM sessions WHERE seen < ?1", now - Self.lifetime),
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
