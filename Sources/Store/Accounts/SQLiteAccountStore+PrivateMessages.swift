import MessageBus

extension SQLiteAccountStore {
    /// The most private messages in memory, of 8 KiB at most each.
    private static let maxInMemory = 10_000

    /// Stores a private message, unless an account of the two was removed meanwhile.
    package func save(_ message: PrivateMessage, isLeft: Bool) throws {
        try transaction(.normal) { database throws(StoreError) in
            _ = try database.run(
                """
                INSERT OR IGNORE INTO private_messages (number, time, sender, sender_name,
                    sender_key, receiver, receiver_name, receiver_key, text, waiting,
                    reply_number, reply_name, reply_excerpt)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 WHERE NOT EXISTS
                    (SELECT 1 FROM accounts WHERE id IN (?3, ?6) AND key IS NULL)
                """
            ) { statement throws(StoreError) in
                statement.bind(1, message.number)
                statement.bind(2, message.time)
                try Self.bind(message.sender, from: 3, to: statement)
                try Self.bind(message.receiver, from: 6, to: statement)
                try statement.bind(9, message.text)
                statement.bind(10, Int64(isLeft ? 1 : 0))
                guard let reply = message.reply else { return }
                statement.bind(11, reply.number)
                try statement.bind(12, reply.name)
                try statement.bind(13, reply.excerpt)
            }
            guard isInMemory else { return }
            _ = try database.run(
                """
                DELETE FROM private_messages WHERE number < (SELECT number FROM private_messages
                    ORDER BY number DESC LIMIT 1 OFFSET \(Self.maxInMemory - 1))
                """
            ) { _ in }
        }
    }

    private static func bind(
        _ party: PrivateMessage.Party, from column: Int32, to statement: Statement
    ) throws(StoreError) {
        if let account = party.account { statement.bind(column, account.rawValue) }
        try statement.bind(column + 1, party.name)
        try statement.bind(column + 2, party.key)
    }

    /// Returns how many messages wait for an account, in all and from one sender.
    package func waitingCount(
        for receiver: AccountID, from sender: AccountID
    ) throws -> (all: Int, ofSender: Int) {
        try database().rows(
            """
            SELECT count(*), count(*) FILTER (WHERE sender = ?2) FROM private_messages
            WHERE receiver = ?1 AND waiting
            """
        ) { statement in
            statement.bind(1, receiver.rawValue)
            statement.bind(2, sender.rawValue)
        } _: { row in
            (Int(row.integer(0)), Int(row.integer(1)))
        }.first ?? (0, 0)
    }

    /// Returns the messages that wait for an account, the oldest first; from then on they wait no
    /// longer, and stay.
    package func dequeueWaiting(for receiver: AccountID) throws -> [PrivateMessage] {
        let isWaiting = "receiver = ?1 AND waiting"
        // Most logins find none, and need no transaction.
        let waiting = try messages(isWaiting, of: receiver, in: database())
        if waiting.isEmpty { return [] }
        return try transaction(.normal) { database throws(StoreError) in
            let taken = try messages(isWaiting, of: receiver, in: database)
            _ = try database.run("UPDATE private_messages SET waiting = 0 WHERE \(isWaiting)") {
                statement in
                statement.bind(1, receiver.rawValue)
            }
            return taken
        }
    }

    private func messages(
        _ condition: String, of id: AccountID, in database: Database
    ) throws(StoreError) -> [PrivateMessage] {
        try database.rows(
            "SELECT \(Self.columns) FROM private_messages WHERE \(condition) ORDER BY number"
        ) { statement in
            statement.bind(1, id.rawValue)
        } _: { row in
            Self.message(in: row)
        }
    }

    /// Returns the last messages between an account and somebody before a number, the oldest first.
    package func privateMessages(
        of id: AccountID, with other: AccountID?, key: String, before number: MessageNumber,
        last count: Int
    ) throws -> [PrivateMessage] {
        // By two indexes, not one: OR would read all of them.
        let isOther = { (side: String) in
            "(\(side) = ?2 OR \(side) IS NULL AND \(side)_key = ?3)"
        }
        let newest = { (mine: String, other: String) in
            """
            SELECT * FROM (SELECT \(Self.columns) FROM private_messages
                WHERE \(mine) = ?1 AND \(isOther(other)) AND number < ?5 ORDER BY number DESC LIMIT ?4)
            """
        }
        return try database().rows(
            """
            \(newest("sender", "receiver")) UNION \(newest("receiver", "sender"))
            ORDER BY number DESC LIMIT ?4
            """
        ) { statement throws(StoreError) in
            statement.bind(1, id.rawValue)
            if let other { statement.bind(2, other.rawValue) }
            try statement.bind(3, key)
            statement.bind(4, Int64(count))
            statement.bind(5, Int64(clamping: number.rawValue))
        } _: { row in
            Self.message(in: row)
        }.reversed()
    }

    /// Returns the messages of an account after a number and since a time, the oldest first; only
    /// the newest of them if there are too many.
    package func privateMessages(
        of id: AccountID, after number: MessageNumber, since time: Timestamp, atMost count: Int
    ) throws -> [PrivateMessage] {
        // By two indexes, as above.
        let newest = { (mine: String) in
            """
            SELECT * FROM (SELECT \(Self.columns) FROM private_messages
                WHERE \(mine) = ?1 AND number > ?2 AND time >= ?3 ORDER BY number DESC LIMIT ?4)
            """
        }
        return try database().rows(
            "\(newest("sender")) UNION \(newest("receiver")) ORDER BY number DESC LIMIT ?4"
        ) { statement in
            statement.bind(1, id.rawValue)
            statement.bind(2, number)
            statement.bind(3, time)
            statement.bind(4, Int64(count))
        } _: { row in
            Self.message(in: row)
        }.reversed()
    }

    /// Returns a message by its number, if an account is one of the two.
    package func privateMessage(numbered number: MessageNumber, of id: AccountID) throws
        -> PrivateMessage?
    {
        try database().rows(
            """
            SELECT \(Self.columns) FROM private_messages
            WHERE number = ?1 AND (sender = ?2 OR receiver = ?2)
            """
        ) { statement in
            statement.bind(1, number)
            statement.bind(2, id.rawValue)
        } _: { row in
            Self.message(in: row)
        }.first
    }

    // MARK: - Removing

    /// Removes all private messages of an account, for the other of the two as well.
    func removePrivateMessages(of id: AccountID, in database: Database) throws(StoreError) {
        // By two indexes, not one: OR would read all of them.
        for side in ["sender", "receiver"] {
            try erase("\(side) = ?1", in: database) { statement in
                statement.bind(1, id.rawValue)
            }
        }
    }

    /// Removes a message by its number, if an account is its sender's or its receiver's and may
    /// remove it.
    package func deletePrivateMessage(
        numbered number: MessageNumber, by id: AccountID, saidSince earliest: Timestamp?
    ) throws -> PrivateDeletionResult {
        guard let message = try privateMessage(numbered: number, of: id) else { return .unknown }
        if let earliest, message.sender.account != id || message.time < earliest {
            return .forbidden
        }
        try transaction { database throws(StoreError) in
            try erase("number = ?1", in: database) { statement in statement.bind(1, number) }
            // Its words stand in the answers to it, too, which are newer.
            _ = try database.run(
                """
                UPDATE private_messages SET reply_excerpt = ?2
                WHERE number > ?1 AND reply_number = ?1
                """
            ) { statement throws(StoreError) in
                statement.bind(1, number)
                try statement.bind(2, Quotation.erasedExcerpt)
            }
        }
        return .deleted
    }

    /// Removes private messages, and has the store's thread clear what the log beside the database
    /// keeps of them.
    private func erase(
        _ condition: String, in database: Database,
        _ bind: (Statement) throws(StoreError) -> Void
    ) throws(StoreError) {
        guard try database.run("DELETE FROM private_messages WHERE \(condition)", bind) else {
            return
        }
        _ = try database.run(
            "INSERT INTO meta VALUES ('scrub', 1) ON CONFLICT (key) DO UPDATE SET value = 1"
        ) { _ in }
    }

    private static let columns = """
        number, time, sender, sender_name, sender_key, receiver, receiver_name, receiver_key, text,
        reply_number, reply_name, reply_excerpt
        """

    private static func message(in row: Statement) -> PrivateMessage {
        PrivateMessage(
            number: row.number(0), time: row.time(1),
            from: party(in: row, from: 2), to: party(in: row, from: 5), text: row.text(8) ?? "",
            answering: row.isNull(9)
                ? nil
                : Quotation(
                    number: row.number(9), name: row.text(10) ?? "", excerpt: row.text(11) ?? ""))
    }

    private static func party(in row: Statement, from column: Int32) -> PrivateMessage.Party {
        PrivateMessage.Party(
            account: row.isNull(column) ? nil : AccountID(rawValue: row.integer(column)),
            name: row.text(column + 1) ?? "", key: row.text(column + 2) ?? "")
    }
}
