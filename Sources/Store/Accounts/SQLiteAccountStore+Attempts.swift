import MessageBus

extension SQLiteAccountStore {
    /// Addresses remembered for each account.
    private static let maxAddresses: Int64 = 16

    /// Returns true if an account has been logged in to from an address.
    package func wasLoggedIn(_ id: AccountID, at address: ClientAddress) throws -> Bool {
        try !database().rows(
            "SELECT 1 FROM login_addresses WHERE account = ?1 AND address = ?2"
        ) { statement throws(StoreError) in
            statement.bind(1, id.rawValue)
            try statement.bind(2, address.description)
        } _: { _ in
            true
        }.isEmpty
    }

    /// Returns the addresses from which accounts were logged in to, the one used last at the end.
    package func loginAddresses(
        atMost count: Int
    ) throws -> [(account: AccountID, address: ClientAddress)] {
        try database().rows(
            "SELECT account, address FROM login_addresses ORDER BY time DESC LIMIT ?1"
        ) { statement in
            statement.bind(1, Int64(count))
        } _: { row in
            ClientAddress(stored: row.text(1) ?? "").map {
                (account: AccountID(rawValue: row.integer(0)), address: $0)
            }
        }.compactMap(\.self).reversed()
    }

    /// Records a login.
    package func recordLogin(of id: AccountID, at address: ClientAddress, time: Timestamp) throws {
        try transaction(.normal) { database throws(StoreError) in
            _ = try database.run(
                """
                INSERT INTO login_addresses (account, address, time) VALUES (?1, ?2, ?3)
                ON CONFLICT (account, address) DO UPDATE SET time = excluded.time
                """
            ) { statement throws(StoreError) in
                statement.bind(1, id.rawValue)
                try statement.bind(2, address.description)
                statement.bind(3, time)
            }
            _ = try database.run(
                """
                DELETE FROM login_addresses WHERE account = ?1 AND address NOT IN (
                    SELECT address FROM login_addresses WHERE account = ?1
                    ORDER BY time DESC LIMIT \(Self.maxAddresses))
                """
            ) { statement in
                statement.bind(1, id.rawValue)
            }
        }
    }

    /// Returns the counters of failed attempts, the one used last at the end.
    package func attempts() throws -> [StoredAttempts] {
        try database().rows(
            "SELECT counter, failures, delay, until, used FROM login_attempts ORDER BY used"
        ) { row in
            unsafe StoredAttempts(
                counter: Array(row.bytes(0)), failures: Self.times(row.bytes(1)),
                delay: .seconds(row.integer(2)), until: row.time(3), used: row.time(4))
        }
    }

    /// Stores counters, and forgets others.
    package func save(_ attempts: [StoredAttempts], forgetting: [[UInt8]]) throws {
        // This happens as often as passwords are checked, so it must not wait for the disk.
        try transaction(.normal) { database throws(StoreError) in
            for counter in forgetting {
                _ = try database.run("DELETE FROM login_attempts WHERE counter = ?1") {
                    statement throws(StoreError) in
                    try statement.bind(1, bytes: counter)
                }
            }
            for counter in attempts {
                _ = try database.run(
                    """
                    INSERT OR REPLACE INTO login_attempts (counter, failures, delay, until, used)
                    VALUES (?1, ?2, ?3, ?4, ?5)
                    """
                ) { statement throws(StoreError) in
                    try statement.bind(1, bytes: counter.counter)
                    try statement.bind(2, bytes: Self.bytes(counter.failures))
                    statement.bind(3, counter.delay.wholeSeconds)
                    statement.bind(4, counter.until)
                    statement.bind(5, counter.used)
                }
            }
        }
    }

    private static func times(_ bytes: UnsafeRawBufferPointer) -> [Timestamp] {
        (0..<bytes.count / 8).map { index in
            unsafe Timestamp(
                milliseconds: Int64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self)))
        }
    }

    private static func bytes(_ times: [Timestamp]) -> [UInt8] {
        times.flatMap { time in
            unsafe withUnsafeBytes(of: time.milliseconds.littleEndian) { unsafe Array($0) }
        }
    }
}

extension ClientAddress {
    /// Reads an address as `description` writes it.
    fileprivate init?(stored text: String) {
        if text == ClientAddress.local.description {
            self = .local
        } else {
            self.init(text.split(separator: "/").first ?? "")
        }
    }
}
