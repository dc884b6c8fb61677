import MessageBus

extension SQLiteAccountStore {
    /// The kinds of rows in the table `bans`.
    private enum Kind {
        static let name: Int64 = 0
        static let addresses: Int64 = 1
        static let mute: Int64 = 2
    }

    /// Adds a ban, or replaces that of the same subject.
    package func add(_ ban: Ban) throws {
        let (kind, subject) = Self.row(of: ban.subject)
        try insert(kind, subject, Restriction(ban), endsSessions: true)
    }

    /// Adds a mute, or replaces that of the same name.
    package func add(_ mute: Mute) throws { try insert(Kind.mute, mute.key, Restriction(mute)) }

    /// Removes a ban.
    package func removeBan(of subject: Ban.Subject, at time: Timestamp) throws -> Bool {
        let (kind, subject) = Self.row(of: subject)
        return try end(kind, subject, at: time)
    }

    /// Removes a mute.
    package func removeMute(ofName key: String, at time: Timestamp) throws -> Bool {
        try end(Kind.mute, key, at: time)
    }

    /// Moves the ban and the mute of an account to its other name, so that the old one is free of
    /// them.
    ///
    /// A ban or mute of the new name from before it had an account is replaced.
    func moveRestrictions(
        of id: AccountID, to name: String, key: String, _ version: Int64, in database: Database
    ) throws(StoreError) {
        _ = try database.run(
            """
            UPDATE OR REPLACE bans SET subject = ?1, shown = ?2, version = ?3
            WHERE account = ?4 AND kind <> \(Kind.addresses) AND NOT ended
            """
        ) { statement throws(StoreError) in
            try statement.bind(1, key)
            try statement.bind(2, name)
            statement.bind(3, version)
            statement.bind(4, id.rawValue)
        }
    }

    private static func row(of subject: Ban.Subject) -> (Int64, String) {
        switch subject {
        case .name(let key): (Kind.name, key)
        case .addresses(let block): (Kind.addresses, block.description)
        }
    }

    /// The columns that bans and mutes have in common.
    private struct Restriction {
        let shown: String
        let account: AccountID?
        let giver: String
        let reason: String
        let time: Timestamp
        let end: Timestamp?

        init(_ ban: Ban) {
            (shown, account, giver, reason) = (ban.shown, ban.account, ban.giver, ban.reason)
            (time, end) = (ban.time, ban.end)
        }

        init(_ mute: Mute) {
            (shown, account, giver, reason) = (mute.shown, mute.account, mute.giver, "")
            (time, end) = (mute.time, mute.end)
        }
    }

    private func insert(
        _ kind: Int64, _ subject: String, _ restriction: Restriction, endsSessions: Bool = false
    ) throws(StoreError) {
        try change { database, version throws(StoreError) in
            if endsSessions, let account = restriction.account {
                try endSessions(of: account.rawValue, in: database)
            }
            _ = try database.run(
                """
                INSERT INTO bans
                    (kind, subject, shown, account, giver, reason, time, until, ended, version)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9) ON CONFLICT (kind, subject) DO UPDATE
                SET shown = excluded.shown, account = excluded.account, giver = excluded.giver,
                    reason = excluded.reason, time = excluded.time, until = excluded.until,
                    ended = 0, version = excluded.version
                """
            ) { statement throws(StoreError) in
                statement.bind(1, kind)
                try statement.bind(2, subject)
                try statement.bind(3, restriction.shown)
                if let account = restriction.account { statement.bind(4, account.rawValue) }
                try statement.bind(5, restriction.giver)
                try statement.bind(6, restriction.reason)
                statement.bind(7, restriction.time)
                if let end = restriction.end { statement.bind(8, end) }
                statement.bind(9, version)
            }
        }
    }

    private func end(
        _ kind: Int64, _ subject: String, at time: Timestamp
    ) throws(StoreError) -> Bool {
        try change { database, version throws(StoreError) in
            try database.run(
                """
                UPDATE bans SET ended = 1, version = ?3
                WHERE kind = ?1 AND subject = ?2 AND NOT ended AND (until IS NULL OR until > ?4)
                """
            ) { statement throws(StoreError) in
                statement.bind(1, kind)
                try statement.bind(2, subject)
                statement.bind(3, version)
                statement.bind(4, time)
            }
        }
    }

    // MARK: - Reading

    private static let columns = "subject, shown, account, giver, reason, time, until, ended, kind"

    /// Returns changed bans, in the order in which they were given.
    func bans(
        since version: Int64, in database: Database
    ) throws(StoreError) -> [(ban: Ban, isOver: Bool)] {
        try rows("kind <> \(Kind.mute)", since: version, in: database) { row in
            let text = row.text(0) ?? ""
            let subject: Ban.Subject
            if row.integer(8) == Kind.name {
                subject = .name(text)
            } else {
                guard let block = AddressBlock(text) else { return nil }
                subject = .addresses(block)
            }
            let ban = Ban(
                of: subject, shown: row.text(1) ?? "", account: Self.account(row, 2),
                by: row.text(3) ?? "", reason: row.text(4) ?? "",
                at: row.time(5), until: Self.time(row, 6))
            return (ban, row.integer(7) != 0)
        }
    }

    /// Returns changed mutes, in the order in which they were given.
    func mutes(
        since version: Int64, in database: Database
    ) throws(StoreError) -> [(mute: Mute, isOver: Bool)] {
        try rows("kind = \(Kind.mute)", since: version, in: database) { row in
            let mute = Mute(
                of: row.text(0) ?? "", shown: row.text(1) ?? "", account: Self.account(row, 2),
                by: row.text(3) ?? "", at: row.time(5),
                until: Self.time(row, 6))
            return (mute, row.integer(7) != 0)
        }
    }

    private func rows<Row>(
        _ condition: String, since version: Int64, in database: Database,
        _ make: (Statement) -> Row?
    ) throws(StoreError) -> [Row] {
        try database.rows(
            """
            SELECT \(Self.columns) FROM bans WHERE \(condition) AND version > ?1
            ORDER BY time, id
            """
        ) { statement in
            statement.bind(1, version)
        } _: { row in
            make(row)
        }.compactMap(\.self)
    }

    private static func account(_ row: Statement, _ column: Int32) -> AccountID? {
        row.isNull(column) ? nil : AccountID(rawValue: row.integer(column))
    }

    private static func time(_ row: Statement, _ column: Int32) -> Timestamp? {
        row.isNull(column) ? nil : row.time(column)
    }
}
