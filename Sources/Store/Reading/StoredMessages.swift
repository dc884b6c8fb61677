import MessageBus

/// Reads messages of the database.
///
/// Confined to the thread of its connection.
final class StoredMessages {
    let database: Database
    private let fold: @Sendable (String) -> String
    private let clock: StoreClock
    private var senders: [SenderName: Sender] = [:]
    private var rooms: [Int64: String] = [:]
    /// The columns of a message, in the order that `message(in:)` expects.
    let columns: String

    private struct SenderName: Hashable {
        let name: String
        let bridge: String
    }

    /// Reads by a connection.
    ///
    /// - Parameter version: the file's; an older one is read as it is.
    init(
        _ database: Database, version: Int64 = Schema.current,
        fold: @escaping @Sendable (String) -> String, clock: StoreClock
    ) {
        self.database = database
        let channel =
            version < 4
            ? "channel"
            : "iif(origin IS NULL, channel, (SELECT channel FROM origins WHERE id = origin))"
        columns = """
            number, room, kind, time, sender, bridge, text, \(channel), remote, passed,
            reply_number, reply_name, reply_excerpt, other, \(version < 2 ? "NULL" : "said")
            """
        self.fold = fold
        self.clock = clock
    }

    /// A statement that is prepared once, however often it is asked for by its text.
    func statement(_ text: String) throws(StoreError) -> Statement {
        try database.statement(text)
    }

    /// The room's number in the file, `nil` if nothing was ever said in it.
    func id(ofRoom name: String) throws(StoreError) -> Int64? {
        try database.id(ofRoom: name)
    }

    /// Bytes of text that are handed over at once, about.
    private static let mostBytes = 256 << 10
    /// The same, where it is shown piece by piece.
    private static let pieceBytes = 16 << 10

    /// Messages of a room between two numbers, the oldest first.
    func messages(
        in room: String, after number: UInt64, through last: UInt64, atMost count: Int
    ) throws(StoreError) -> StoredRun {
        guard let id = try id(ofRoom: room) else { return StoredRun([], isComplete: true) }
        let statement = try statement(
            """
            SELECT \(columns) FROM messages
            WHERE room = ?1 AND number > ?2 AND number <= ?3 ORDER BY number LIMIT ?4
            """)
        defer { statement.reset() }
        statement.bind(1, id)
        statement.bind(2, number)
        statement.bind(3, last)
        statement.bind(4, Int64(count))
        var found: [Message] = []
        var bytes = 0
        while try statement.step() {
            found.append(try message(in: statement))
            bytes += found[found.count - 1].body.count
            if bytes >= Self.mostBytes { return StoredRun(found, isComplete: false) }
        }
        return StoredRun(found, isComplete: found.count < count)
    }

    /// The last texts of a room that are older than a number, the oldest first.
    func texts(
        in room: String, before number: UInt64, atMost count: Int
    ) throws(StoreError) -> [Message] {
        guard let id = try id(ofRoom: room) else { return [] }
        let statement = try statement(
            """
            SELECT \(columns) FROM messages
            WHERE room = ?1 AND number < ?2 AND kind IN (0, 4) ORDER BY number DESC LIMIT ?3
            """)
        statement.bind(1, id)
        statement.bind(2, number)
        statement.bind(3, Int64(count))
        return try messages(of: statement).reversed()
    }

    /// The numbers of those texts, rising.
    func textNumbers(
        in room: String, before number: UInt64, atMost count: Int
    ) throws(StoreError) -> [UInt64] {
        guard let id = try id(ofRoom: room) else { return [] }
        let statement = try statement(
            """
            SELECT number FROM messages
            WHERE room = ?1 AND number < ?2 AND kind IN (0, 4) ORDER BY number DESC LIMIT ?3
            """)
        defer { statement.reset() }
        statement.bind(1, id)
        statement.bind(2, number)
        statement.bind(3, Int64(count))
        var numbers: [UInt64] = []
        while try statement.step() { numbers.append(statement.number(0)) }
        return numbers.reversed()
    }

    /// Messages by their numbers, which rise, as many as a piece of a list takes.
    func messages(numbered numbers: [UInt64]) throws(StoreError) -> StoredRun {
        var found: [Message] = []
        var bytes = 0
        for number in numbers {
            if bytes >= Self.pieceBytes { return StoredRun(found, isComplete: false) }
            guard let message = try message(numbered: number) else { continue }
            found.append(message)
            bytes += message.body.count
        }
        return StoredRun(found, isComplete: true)
    }

    /// A message by its number.
    func message(numbered number: UInt64) throws(StoreError) -> Message? {
        let statement = try statement("SELECT \(columns) FROM messages WHERE number = ?1")
        statement.bind(1, number)
        return try messages(of: statement).first
    }

    /// Which messages are called so on the other side, the oldest first.
    func numbers(
        of remoteID: String, in channel: DurableReader.Channel
    ) throws(StoreError) -> [UInt64] {
        let statement = try statement(
            """
            SELECT number FROM links WHERE remote = ?1 AND channel = ?2 AND bridge = ?3
            ORDER BY number
            """)
        try statement.bind(1, remoteID)
        try statement.bind(2, channel.name)
        try statement.bind(3, channel.bridge)
        var numbers: [UInt64] = []
        while try statement.step() { numbers.append(statement.number(0)) }
        return numbers
    }

    /// What a message is called on the other side; the first name, if it has several.
    func remoteID(
        of number: UInt64, in channel: DurableReader.Channel
    ) throws(StoreError) -> String? {
        let statement = try statement(
            """
            SELECT remote FROM links WHERE number = ?1 AND bridge = ?2 AND channel = ?3
            ORDER BY rowid LIMIT 1
            """)
        defer { statement.reset() }
        statement.bind(1, number)
        try statement.bind(2, channel.bridge)
        try statement.bind(3, channel.name)
        return try statement.step() ? statement.text(0) : nil
    }

    // MARK: - Rows

    /// The messages that a statement returns.
    func messages(of statement: Statement) throws(StoreError) -> [Message] {
        var messages: [Message] = []
        // A failure in the middle must not leave the statement, and so a transaction, open.
        defer { statement.reset() }
        while try statement.step() { messages.append(try message(in: statement)) }
        return messages
    }

    private func message(in row: Statement) throws(StoreError) -> Message {
        var header = MessageHeader()
        header.number = row.number(0)
        header.kind = Message.Kind(rawValue: UInt8(clamping: row.integer(2))) ?? .message
        header.time = row.integer(3)
        let text = row.bytes(6)
        header.place(at: 0, count: text.count)
        if text.contains(UInt8(ascii: "\n")) { header.flags.insert(.hasLines) }
        let sender = sender(row.text(4) ?? "", bridge: row.text(5) ?? "")
        return Message(
            header: header, sender: sender, body: Body(copying: text),
            room: try name(ofRoom: row.integer(1)), details: details(in: row, of: sender),
            uptime: clock.uptime(at: header.time))
    }

    private func details(in row: Statement, of sender: Sender) -> MessageDetails? {
        let hasOrigin = !row.isNull(7) || !row.isNull(8) || !row.isNull(9)
        let hasReply = !row.isNull(10)
        let other = row.text(13).map { self.sender($0, bridge: sender.bridge) }
        let said = row.isNull(14) ? nil : row.integer(14)
        guard hasOrigin || hasReply || other != nil || said != nil else { return nil }
        let passed = row.text(9)?.split(separator: "\n").map(String.init) ?? []
        return MessageDetails(
            reply: hasReply
                ? Quotation(
                    number: row.number(10), name: row.text(11) ?? "", excerpt: row.text(12) ?? "")
                : nil,
            other: other,
            origin: hasOrigin
                ? Origin(channel: row.text(7), remoteID: row.text(8), passed: passed) : nil,
            said: said)
    }

    private func name(ofRoom id: Int64) throws(StoreError) -> String {
        if let name = rooms[id] { return name }
        let statement = try statement("SELECT name FROM rooms WHERE id = ?1")
        defer { statement.reset() }
        statement.bind(1, id)
        let name = try statement.step() ? statement.text(0) ?? "" : ""
        rooms[id] = name
        return name
    }

    /// Somebody by name; the same value for the same name, as long as there are not too many.
    private func sender(_ name: String, bridge: String) -> Sender {
        let key = SenderName(name: name, bridge: bridge)
        if let sender = senders[key] { return sender }
        if senders.count >= 10_000 { senders = [:] }
        var hasher = Hasher()
        hasher.combine(key)
        // Who it was is not kept: by name is the best there is. As for all who do not speak here
        // themselves, the highest bit tells it from identities of connections.
        let identity = UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
        let sender = Sender(name: name, key: fold(name), bridge: bridge, identity: identity)
        senders[key] = sender
        return sender
    }
}
