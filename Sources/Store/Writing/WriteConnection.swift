import CSQLite
import MessageBus

/// The database as the store's thread writes it.
///
/// Confined to the store's thread, but for being made.
final class WriteConnection {
    let database: Database
    /// The files beside it that SQLite keeps for it.
    let companions: [Companion]
    /// Where SQLite writes how many pages the log beside the database has.
    private let log = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private let insert: Statement
    private var roomIDs: [String: Int64] = [:]
    private var originIDs: [String: Int64] = [:]
    /// What stands in the columns of details.
    private var bound: MessageDetails?
    private let digits = Digits()
    /// The number below which all may have been given, as it was last read or committed here.
    private var reserved: UInt64 = 1

    /// Opens a file, makes its tables if they are missing, and prepares.
    ///
    /// - Throws: `StoreError`.
    init(_ path: String) throws(StoreError) {
        database = try Database(path, .write)
        try Schema.check(database)
        // Readers never wait for the writer, and the other way round.
        try database.execute("PRAGMA journal_mode = WAL")
        try database.execute("PRAGMA synchronous = FULL")
        // Bytes a burst may leave of the log beside the database.
        try database.execute("PRAGMA journal_size_limit = 67108864")
        try Schema.prepare(database)
        // Instead of moving pages at a commit by itself, as SQLite does unless told otherwise.
        log.initialize(to: 0)
        sqlite3_wal_hook(
            database.pointer,
            { place, _, _, pages in
                place?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, log)
        insert = try Statement(database, Self.insertion)
        // Where the name is a link, they stand beside what it leads to.
        let place = database.fullPath
        companions = ["-wal", "-shm"].compactMap { ending in
            FileIdentity(of: place + ending).map { Companion(place + ending, ending, $0) }
        }
    }

    deinit {
        sqlite3_wal_hook(database.pointer, nil, nil)
        log.deallocate()
    }

    /// Pages of the log beside the database after the latest commit.
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

        /// Whether it is still what is called so.
        var isThere: Bool { FileIdentity(of: path) == identity }
    }

    /// Moves all that is committed from the log beside the database into it.
    ///
    /// Works on a file that was moved away, too. Returns whether it is all there.
    func settle() -> Bool {
        let isBlocked = try? database.number("PRAGMA wal_checkpoint(TRUNCATE)")
        return isBlocked == 0
    }

    private static let insertion = """
        INSERT INTO messages (number, room, kind, time, sender, bridge, text, channel, remote,
            passed, reply_number, reply_name, reply_excerpt, other, said, origin)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        """

    /// A statement that is prepared once, however often it is asked for by its text.
    func statement(_ text: String) throws(StoreError) -> Statement {
        try database.statement(text)
    }

    /// Runs a function in a transaction that need not survive a power cut: what it did can be done
    /// again.
    func backgroundTransaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        try database.execute("PRAGMA synchronous = NORMAL")
        defer { try? database.execute("PRAGMA synchronous = FULL") }
        try database.transaction(body)
    }

    // MARK: - Numbers

    /// The first number that was surely not given, as far as the file knows.
    func firstFreeNumber() throws(StoreError) -> UInt64 {
        reserved = try presentReserved()
        return max(reserved, try firstUnusedNumber())
    }

    private func presentReserved() throws(StoreError) -> UInt64 {
        let statement = try statement("SELECT value FROM meta WHERE key = 'reserved'")
        defer { statement.reset() }
        return try statement.step() ? statement.number(0) : 1
    }

    /// The number behind all that something in the file has.
    func firstUnusedNumber() throws(StoreError) -> UInt64 {
        let newest = try database.number(
            """
            SELECT max(ifnull((SELECT max(number) FROM messages), 0),
                ifnull((SELECT max(number) FROM dropped), 0),
                ifnull((SELECT max(number) FROM cursors), 0))
            """)
        return UInt64(clamping: newest ?? 0) + 1
    }

    /// Writes down that all numbers below one may have been given.
    ///
    /// In a transaction; `noteReserved` is to follow when that is committed.
    ///
    /// - Throws: `StoreError`, also if another process has reserved numbers meanwhile.
    func reserve(below number: UInt64) throws(StoreError) {
        guard try presentReserved() <= reserved else { throw .contested(database.path) }
        try set("reserved", Int64(clamping: number))
    }

    /// Notes what is reserved since a transaction was committed.
    func noteReserved(below number: UInt64) { reserved = number }

    /// Writes a small fact down.
    func set(_ key: String, _ value: Int64) throws(StoreError) {
        let statement = try self.statement(
            "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
        try statement.bind(1, key)
        statement.bind(2, value)
        try statement.run()
    }

    // MARK: - Messages

    /// The number of a room in the file; it gets one if it has none.
    func id(ofRoom name: String) throws(StoreError) -> Int64 {
        if let id = roomIDs[name] { return id }
        let adding = try statement("INSERT OR IGNORE INTO rooms (name) VALUES (?1)")
        try adding.bind(1, name)
        try adding.run()
        guard let id = try database.id(ofRoom: name) else {
            throw StoreError(database.path, "it forgets its rooms")
        }
        roomIDs[name] = id
        return id
    }

    /// Forgets what a transaction that was rolled back had found out.
    func forgetRooms() {
        roomIDs = [:]
        originIDs = [:]
    }

    /// Writes the messages of a page; returns how many the file would not take, whatever is tried.
    ///
    /// - Parameter mayRefuse: whether a message may be left out whose number another has.
    func write(_ page: MessagePage, mayRefuse: Bool) throws(StoreError) -> UInt64 {
        defer { insert.clear() }
        var refused: UInt64 = 0
        var index = 0
        bound = nil
        for column in Self.detailColumns { insert.bindNull(column) }
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
    }

    /// Whether it is in the file already: a commit may have worked though it was said to fail.
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

    /// False if the file refuses this one message: it is too large, or its number is taken.
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

    /// The columns of what only some messages carry.
    private static let detailColumns: ClosedRange<Int32> = 8...16

    /// Binds what a message carries; lines of a file have nearly all of it in common.
    private func bind(_ details: MessageDetails?, of header: MessageHeader) throws(StoreError) {
        if details !== bound || details == nil {
            bound = nil
            for column in Self.detailColumns { insert.bindNull(column) }
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
    }

    /// The number of a file in the database; it gets one if it has none.
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
            throw StoreError(database.path, "it forgets its origins")
        }
        originIDs[channel] = finding.integer(0)
        return finding.integer(0)
    }

    /// Origins whose numbers are remembered at the most.
    private static let mostOrigins = 10_000
}
