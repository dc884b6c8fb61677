import CSQLite
import Locking
import MessageBus

/// The connection by which the store's thread writes the database.
///
/// Confined to the store's thread once that has started; before, `StoreWriter.open` uses it.
@safe final class WriteConnection {
    private let confinement: ThreadConfinement
    let database: Database
    /// Files that SQLite keeps beside the database.
    let companions: [Companion]
    /// Receives the length of the write-ahead log beside the database, in pages.
    private let walPageCount = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
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
    /// - Parameters:
    ///   - confinement: the thread that uses it.
    ///   - beginLock: the lock under which it begins to write beside other connections of this
    ///     process.
    /// - Throws: `StoreError`.
    init(
        _ path: String, _ confinement: ThreadConfinement = ThreadConfinement(),
        beginLock: BeginLock = BeginLock()
    ) throws(StoreError) {
        self.confinement = confinement
        database = try Database(path, .write)
        database.beginLock = beginLock
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
        unsafe walPageCount.initialize(to: 0)
        unsafe sqlite3_wal_hook(
            database.pointer,
            { counter, _, _, pages in
                unsafe counter?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, unsafe walPageCount)
        insert = try Statement(database, Self.insertion)
        // If the path is a link, they are beside its target.
        let fullPath = database.fullPath
        companions = ["-wal", "-shm"].compactMap { ending in
            FileIdentity(of: fullPath + ending).map { Companion(fullPath + ending, ending, $0) }
        }
    }

    deinit {
        unsafe sqlite3_wal_hook(database.pointer, nil, nil)
        unsafe walPageCount.deallocate()
    }

    /// Length of the write-ahead log beside the database after the latest commit, in pages.
    var walPages: Int32 { unsafe walPageCount.pointee }

    /// Traps in debug builds on another thread than the store's.
    func assertOwned() { confinement.assertOwned() }

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
    func moveLogIntoDatabase() -> Bool {
        assertOwned()
        let isBlocked = try? database.number("PRAGMA wal_checkpoint(TRUNCATE)")
        return isBlocked == 0
    }

    /// The numbers of the values of `insertion`.
    private enum Column {
        static let number: Int32 = 1
        static let room: Int32 = 2
        static let kind: Int32 = 3
        static let time: Int32 = 4
        static let sender: Int32 = 5
        static let bridge: Int32 = 6
        static let text: Int32 = 7
        static let channel: Int32 = 8
        static let remote: Int32 = 9
        static let passed: Int32 = 10
        static let replyNumber: Int32 = 11
        static let replyName: Int32 = 12
        static let replyExcerpt: Int32 = 13
        static let other: Int32 = 14
        static let said: Int32 = 15
        static let origin: Int32 = 16
        static let account: Int32 = 17
        static let corrects: Int32 = 18
        static let automatic: Int32 = 19
        /// Those of details, which only some messages have.
        static let details = [
            channel, remote, passed, replyNumber, replyName, replyExcerpt, other, said, origin,
            corrects,
        ]
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
        assertOwned()
        return try database.statement(text)
    }

    /// Runs a function in a transaction that need not survive a power cut: it can be repeated.
    func backgroundTransaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        assertOwned()
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
        assertOwned()
        defer {
            insert.clear()
            isBoundAutomatic = false
        }
        var refused = 0
        var index = 0
        bound = nil
        clearDetails()
        for run in page.runs {
            insert.bind(Column.room, try id(ofRoom: run.room))
            var sender: UInt16?
            while index < run.end {
                let header = page.arena[index]
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
        try unsafe insert.bind(
            Column.sender,
            staying: UnsafeRawBufferPointer(rebasing: sender.prefix.prefix(sender.nameCount)))
        try insert.bind(Column.bridge, sender.bridge)
        if let account = sender.account {
            insert.bind(Column.account, account.rawValue)
        } else {
            insert.bindNull(Column.account)
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
        try unsafe statement.bind(4, staying: arena.text(header))
        return try statement.step() && statement.integer(0) == 1
    }

    /// Writes a message; returns false if the file refuses it: too large, or its number is taken.
    private func write(
        _ header: MessageHeader, _ arena: MessageArena, in room: String, _ mayRefuse: Bool
    ) throws(StoreError) -> Bool {
        do throws(StoreError) {
            insert.bind(Column.number, header.number)
            insert.bind(Column.kind, Int64(header.kind.rawValue))
            insert.bind(Column.time, header.time)
            try unsafe insert.bind(Column.text, staying: arena.text(header))
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
        if isAutomatic {
            insert.bind(Column.automatic, Int64(1))
        } else {
            insert.bindNull(Column.automatic)
        }
        isBoundAutomatic = isAutomatic
    }

    private func clearDetails() {
        for column in Column.details { insert.bindNull(column) }
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
        try unsafe insert.bind(Column.remote, staying: digits.write(position))
    }

    private func bindAll(_ details: MessageDetails, of header: MessageHeader) throws(StoreError) {
        if details.position(of: header) != nil, let channel = details.channel {
            insert.bind(Column.origin, try id(ofOrigin: channel))
        } else if let origin = details.origin(of: header) {
            try insert.bind(Column.channel, origin.channel)
            try insert.bind(Column.remote, origin.remoteID)
            try insert.bind(
                Column.passed,
                origin.passed.isEmpty ? nil : origin.passed.joined(separator: "\n"))
        }
        if let reply = details.reply {
            insert.bind(Column.replyNumber, reply.number)
            try insert.bind(Column.replyName, reply.name)
            try insert.bind(Column.replyExcerpt, reply.excerpt)
        }
        try insert.bind(Column.other, details.other?.name)
        if let said = details.said { insert.bind(Column.said, said) }
        if let corrected = details.corrected { insert.bind(Column.corrects, corrected) }
    }

    /// Returns the number of an origin in the database; it gets one if it has none.
    private func id(ofOrigin channel: String) throws(StoreError) -> Int64 {
        if let id = originIDs[channel] { return id }
        if originIDs.count >= Self.maxOrigins { originIDs = [:] }
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
    private static let maxOrigins = 10_000
}
