import CSQLite
import MessageBus

/// The connection by which the store's thread writes the database.
///
/// Confined to the store's thread, except for its initializer.
final class WriteConnection {
    let database: Database
    /// Files that SQLite keeps beside the database.
    let companions: [Companion]
    /// Receives the length of the log beside the database, in pages.
    private let log = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private let insert: Statement
    private var roomIDs: [String: Int64] = [:]
    private var originIDs: [String: Int64] = [:]
    /// Details whose values are bound to the columns of `insert`.
    private var bound: MessageDetails?
    /// True if `insert` has a program's message; it begins with a person's.
    private var isBoundAutomatic = false
    private let digits = Digits()
    /// Number below which all may have been given, as last read or committed here.
    private var reserved: MessageNumber = 1

    /// Opens a file and creates missing tables.
    ///
    /// - Throws: `StoreError`.
    init(_ path: String) throws(StoreError) {
        database = try Database(path, .write)
        try Schema.check(database)
        // So that readers never wait for the writer, nor the writer for readers.
        try database.execute("PRAGMA journal_mode = WAL")
        try database.execute("PRAGMA synchronous = FULL")
        // What is removed is overwritten: a message that somebody deletes leaves nothing.
        try database.execute("PRAGMA secure_delete = ON")
        // Bytes of the log beside the database that may remain after a burst.
        try database.execute("PRAGMA journal_size_limit = 67108864")
        try Schema.prepare(database)
        // Replaces SQLite's own hook, which would move pages during a commit.
        log.initialize(to: 0)
        sqlite3_wal_hook(
            database.pointer,
            { counter, _, _, pages in
                counter?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, log)
        insert = try Statement(database, Self.insertion)
        // If the path is a link, they are beside its target.
        let fullPath = database.fullPath
        companions = ["-wal", "-shm"].compactMap { ending in
            FileIdentity(of: fullPath + ending).map { Companion(fullPath + ending, ending, $0) }
        }
    }

    deinit {
        sqlite3_wal_hook(database.pointer, nil, nil)
        log.deallocate()
    }

    /// Length of the log beside the database after the latest commit, in pages.
    var logPages: Int32 { log.pointee }

    /// A file that SQLite keeps beside the database.
    struct Companion {
        let path: String
        let ending: String
        private let identity: FileIdentity

        init(_ path: String, _ ending: String, _ identity: FileIdentity) {
            self.path = path
            self.ending = ending
            self.identity = identity
        }

        /// True if its path still leads to the same file.
        var isThere: Bool { FileIdentity(of: path) == identity }
    }

    /// Moves all committed pages from the log into the database.
    ///
    /// Works on a file that was moved away, too. Returns true if nothing is left.
    func settle() -> Bool {
        let isBlocked = try? database.number("PRAGMA wal_checkpoint(TRUNCATE)")
        return isBlocked == 0
    }

    private static let insertion = """
        INSERT INTO messages (number, room, kind, time, sender, bridge, text, channel, remote,
            passed, reply_number, reply_name, reply_excerpt, other, said, origin, account, corrects,
            automatic)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
            ?18, ?19)
        """

    /// Returns the statement for a text; it is prepared only once.
    func statement(_ text: String) throws(StoreError) -> Statement {
        try database.statement(text)
    }

    /// Runs a function in a transaction that need not survive a power cut: it can be repeated.
    func backgroundTransaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        try database.execute("PRAGMA synchronous = NORMAL")
        defer { try? database.execute("PRAGMA synchronous = FULL") }
        try database.transaction(body)
    }

    // MARK: - Numbers

    /// Returns the first number that was certainly not given, as far as the file knows.
    func firstFreeNumber() throws(StoreError) -> MessageNumber {
        reserved = try presentReserved()
        return max(reserved, try firstUnusedNumber())
    }

    private func presentReserved() throws(StoreError) -> MessageNumber {
        let statement = try statement("SELECT value FROM meta WHERE key = 'reserved'")
        defer { statement.reset() }
        return try statement.step() ? statement.number(0) : 1
    }

    /// Returns the number after the highest one used in the file.
    func firstUnusedNumber() throws(StoreError) -> MessageNumber {
        let newest = try database.number(
            """
            SELECT max(ifnull((SELECT max(number) FROM messages), 0),
                ifnull((SELECT max(number) FROM dropped), 0),
                ifnull((SELECT max(number) FROM private_messages), 0),
                ifnull((SELECT max(number) FROM cursors), 0))
            """)
        return MessageNumber(column: newest ?? 0) + 1
    }

    /// Writes that all numbers below one may have been given.
    ///
    /// Must be called in a transaction; `confirmReserved` must follow once that is committed.
    ///
    /// - Throws: `StoreError`, also if another process has reserved numbers meanwhile.
    func reserve(below number: MessageNumber) throws(StoreError) {
        guard try presentReserved() <= reserved else { throw .contested(database.path) }
        try set("reserved", number.column)
    }

    /// Records the reservation of a committed transaction.
    func confirmReserved(below number: MessageNumber) { reserved = number }

    /// Writes a value into the table `meta`.
    func set(_ key: String, _ value: Int64) throws(StoreError) {
        let statement = try self.statement(
            "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
        try statement.bind(1, key)
        statement.bind(2, value)
        try statement.run()
    }

    // MARK: - Messages

    /// Returns the number of a room in the file; it gets one if it has none.
    func id(ofRoom name: String) throws(StoreError) -> Int64 {
        if let id = roomIDs[name] { return id }
        let adding = try statement("INSERT OR IGNORE INTO rooms (name) VALUES (?1)")
        try adding.bind(1, name)
        try adding.run()
        guard let id = try database.id(ofRoom: name) else {
            throw StoreError(database.path, "a room just added is not found in it")
        }
        roomIDs[name] = id
        return id
    }

    /// Forgets numbers that a rolled back transaction may have assigned.
    func forgetIDs() {
        roomIDs = [:]
        originIDs = [:]
    }

    /// Writes the messages of a page; returns how many the file refused.
    ///
    /// - Parameter mayRefuse: true if a message whose number is taken may be left out.
    func write(_ page: MessagePage, mayRefuse: Bool) throws(StoreError) -> Int {
        defer {
            insert.clear()
            isBoundAutomatic = false
        }
        var refused = 0
        var index = 0
        bound = nil
        clearDetails()
        for run in page.runs {
            insert.bind(2, try id(ofRoom: run.room))
            var sender: UInt16?
            while index < run.end {
                let header = page.arena.all[index]
                if header.sender != sender {
                    try bind(page.arena.sender(of: header))
                    sender = header.sender
                }
                if try !write(header, page.arena, in: run.room, mayRefuse) { refused += 1 }
                index += 1
            }
        }
        return refused
    }

    private func bind(_ sender: Sender) throws(StoreError) {
        try insert.bind(
            5, staying: UnsafeRawBufferPointer(rebasing: sender.prefix.prefix(sender.nameCount)))
        try insert.bind(6, sender.bridge)
        if let account = sender.account {
            insert.bind(17, account.rawValue)
        } else {
            insert.bindNull(17)
        }
    }

    /// Returns true if a message is in the file already: a commit may work and yet report a
    /// failure.
    private func isKept(
        _ header: MessageHeader, _ arena: MessageArena, in room: String
    ) throws(StoreError) -> Bool {
        let statement = try statement(
            "SELECT room = ?2 AND time = ?3 AND text = ?4 FROM messages WHERE number = ?1")
        defer {
            statement.reset()
            statement.clear()
        }
        statement.bind(1, header.number)
        statement.bind(2, try id(ofRoom: room))
        statement.bind(3, header.time)
        try statement.bind(4, staying: arena.text(header))
        return try statement.step() && statement.integer(0) == 1
    }

    /// Writes a message; returns false if the file refuses it: too large, or its number is taken.
    private func write(
        _ header: MessageHeader, _ arena: MessageArena, in room: String, _ mayRefuse: Bool
    ) throws(StoreError) -> Bool {
        do throws(StoreError) {
            insert.bind(1, header.number)
            insert.bind(3, Int64(header.kind.rawValue))
            insert.bind(4, header.time)
            try insert.bind(7, staying: arena.text(header))
            if header.details != 0 || bound != nil {
                try bind(arena.details(of: header), of: header)
            }
            let isAutomatic = header.flags.contains(.automatic)
            if isAutomatic != isBoundAutomatic { bind(isAutomatic: isAutomatic) }
            try insert.run()
            return true
        } catch {
            guard error.isAboutOneRow else { throw error }
            guard error.isOfTakenNumber else { return false }
            if try isKept(header, arena, in: room) { return true }
            if mayRefuse { return false }
            throw .numberTaken(database.path)
        }
    }

    private func bind(isAutomatic: Bool) {
        if isAutomatic { insert.bind(19, Int64(1)) } else { insert.bindNull(19) }
        isBoundAutomatic = isAutomatic
    }

    /// Columns of details, which only some messages have; one more is the last.
    private static let detailColumns: ClosedRange<Int32> = 8...16

    private func clearDetails() {
        for column in Self.detailColumns { insert.bindNull(column) }
        insert.bindNull(18)
    }

    /// Binds the details of a message; lines of a file have nearly all of them in common.
    private func bind(_ details: MessageDetails?, of header: MessageHeader) throws(StoreError) {
        if details !== bound || details == nil {
            bound = nil
            clearDetails()
            if let details { try bindAll(details, of: header) }
            bound = details
        }
        guard let position = details?.position(of: header) else { return }
        try insert.bind(9, staying: digits.write(position))
    }

    private func bindAll(_ details: MessageDetails, of header: MessageHeader) throws(StoreError) {
        if details.position(of: header) != nil, let channel = details.channel {
            insert.bind(16, try id(ofOrigin: channel))
        } else if let origin = details.origin(of: header) {
            try insert.bind(8, origin.channel)
            try insert.bind(9, origin.remoteID)
            try insert.bind(
                10, origin.passed.isEmpty ? nil : origin.passed.joined(separator: "\n"))
        }
        if let reply = details.reply {
            insert.bind(11, reply.number)
            try insert.bind(12, reply.name)
            try insert.bind(13, reply.excerpt)
        }
        try insert.bind(14, details.other?.name)
        if let said = details.said { insert.bind(15, said) }
        if let corrected = details.corrected { insert.bind(18, corrected) }
    }

    /// Returns the number of an origin in the database; it gets one if it has none.
    private func id(ofOrigin channel: String) throws(StoreError) -> Int64 {
        if let id = originIDs[channel] { return id }
        if originIDs.count >= Self.mostOrigins { originIDs = [:] }
        let adding = try statement("INSERT OR IGNORE INTO origins (channel) VALUES (?1)")
        try adding.bind(1, channel)
        try adding.run()
        let finding = try statement("SELECT id FROM origins WHERE channel = ?1")
        defer { finding.reset() }
        try finding.bind(1, channel)
        guard try finding.step() else {
            throw StoreError(database.path, "an origin just added is not found in it")
        }
        originIDs[channel] = finding.integer(0)
        return finding.integer(0)
    }

    /// The most origins whose numbers are remembered.
    private static let mostOrigins = 10_000
}
