import MessageBus
import TimeUnits

/// The messages in the database, read over one connection.
///
/// Confined to the thread of its connection, which `StoreReader` checks.
final class StoredMessages {
    let database: Database
    private let fold: @Sendable (String) -> String
    private let clock: any TimeSource
    private var senders: [SenderName: Sender] = [:]
    private var rooms: [Int64: String] = [:]
    /// Columns of a message, in the order that `message(in:)` expects.
    let columns: String
    /// The time at which a message was said, as `Message.time` has it, in SQL.
    let timeSaid: String

    private struct SenderName: Hashable {
        let name: String
        let bridge: String
        let account: Int64?
    }

    /// Makes a reader on a connection.
    ///
    /// - Parameter version: the file's version; an older file is read as it is.
    init(
        _ database: Database, version: Int64 = Schema.current,
        fold: @escaping @Sendable (String) -> String, clock: any TimeSource
    ) {
        self.database = database
        timeSaid = version < 2 ? "time" : "min(ifnull(said, time), time)"
        let channel =
            version < 4
            ? "channel"
            : "iif(origin IS NULL, channel, (SELECT channel FROM origins WHERE id = origin))"
        columns = """
            number, room, kind, time, sender, bridge, text, \(channel), remote, passed,
            reply_number, reply_name, reply_excerpt, other, \(version < 2 ? "NULL" : "said"),
            \(version < 5 ? "NULL" : "account"), \(version < 6 ? "NULL" : "deleted"),
            \(version < 7 ? "NULL" : "corrects"),
            \(version < 8 ? "NULL" : "automatic")
            """
        self.fold = fold
        self.clock = clock
    }

    /// Returns the statement for a text; it is prepared only once.
    func statement(_ text: String) throws(StoreError) -> Statement {
        try database.statement(text)
    }

    /// Returns the room's number in the file, `nil` if no message was ever stored in it.
    func id(ofRoom name: String) throws(StoreError) -> Int64? {
        try database.id(ofRoom: name)
    }

    /// About the most bytes of text in one answer.
    private static let maxBytes = 256 << 10
    /// About the most bytes of text in a piece of a list that is shown piece by piece.
    private static let pieceBytes = 16 << 10

    /// Returns messages of a room between two numbers, the oldest first.
    func messages(
        in room: String, after number: MessageNumber, through last: MessageNumber, atMost count: Int
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
            if bytes >= Self.maxBytes { return StoredRun(found, isComplete: false) }
        }
        return StoredRun(found, isComplete: found.count < count)
    }

    /// Returns the last texts of a room before a number, the oldest first.
    func texts(
        in room: String, before number: MessageNumber, atMost count: Int
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

    /// Returns the numbers of those texts, rising.
    func textNumbers(
        in room: String, before number: MessageNumber, atMost count: Int
    ) throws(StoreError) -> [MessageNumber] {
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
        var numbers: [MessageNumber] = []
        while try statement.step() { numbers.append(statement.number(0)) }
        return numbers.reversed()
    }

    /// Returns how many texts of a room there are between two numbers, at most as many as asked
    /// for.
    func countTexts(
        in room: String, after number: MessageNumber, through last: MessageNumber,
        atMost count: Int
    ) throws(StoreError) -> Int {
        guard let id = try id(ofRoom: room) else { return 0 }
        let statement = try statement(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM messages
                WHERE room = ?1 AND number > ?2 AND number <= ?3 AND kind IN (0, 4) LIMIT ?4)
            """)
        defer { statement.reset() }
        statement.bind(1, id)
        statement.bind(2, number)
        statement.bind(3, last)
        statement.bind(4, Int64(count))
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    /// Returns messages by their numbers, which must rise, as many as fit in a piece of a list.
    func messages(numbered numbers: [MessageNumber]) throws(StoreError) -> StoredRun {
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

    /// Returns a message by its number.
    func message(numbered number: MessageNumber) throws(StoreError) -> Message? {
        let statement = try statement("SELECT \(columns) FROM messages WHERE number = ?1")
        statement.bind(1, number)
        return try messages(of: statement).first
    }

    /// Returns the numbers of messages with an id on the other side, the oldest first.
    func numbers(
        of remoteID: String, in channel: DurableReader.Channel
    ) throws(StoreError) -> [MessageNumber] {
        let statement = try statement(
            """
            SELECT number FROM links WHERE remote = ?1 AND channel = ?2 AND bridge = ?3
            ORDER BY number
            """)
        try statement.bind(1, remoteID)
        try statement.bind(2, channel.name)
        try statement.bind(3, channel.bridge)
        var numbers: [MessageNumber] = []
        while try statement.step() { numbers.append(statement.number(0)) }
        return numbers
    }

    /// Returns the id of a message on the other side; the first one, if it has several.
    func remoteID(
        of number: MessageNumber, in channel: DurableReader.Channel
    ) throws(StoreError) -> String? {
        try remoteIDs(of: number, in: channel).first
    }

    /// Returns the ids of a message on the other side, the first one first.
    func remoteIDs(
        of number: MessageNumber, in channel: DurableReader.Channel
    ) throws(StoreError) -> [String] {
        let statement = try statement(
            """
            SELECT remote FROM links WHERE number = ?1 AND bridge = ?2 AND channel = ?3
            ORDER BY rowid
            """)
        defer { statement.reset() }
        statement.bind(1, number)
        try statement.bind(2, channel.bridge)
        try statement.bind(3, channel.name)
        var names: [String] = []
        while try statement.step() { statement.text(0).map { names.append($0) } }
        return names
    }

    // MARK: - Rows

    /// Returns the messages that a statement yields.
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
        header.time = row.time(3)
        let text = unsafe row.bytes(6)
        header.place(at: 0, count: text.count)
        if unsafe text.contains(UInt8(ascii: "\n")) { header.flags.insert(.hasLines) }
        if !row.isNull(16) { header.flags.insert(.deleted) }
        if !row.isNull(18) { header.flags.insert(.automatic) }
        let sender = sender(
            row.text(4) ?? "", bridge: row.text(5) ?? "",
            account: row.isNull(15) ? nil : row.integer(15))
        return Message(
            header: header, sender: sender, body: Body(copying: text),
            room: try name(ofRoom: row.integer(1)), details: details(in: row, of: sender),
            uptime: clock.uptime(at: header.time).nanoseconds)
    }

    private func details(in row: Statement, of sender: Sender) -> MessageDetails? {
        let hasOrigin = !row.isNull(7) || !row.isNull(8) || !row.isNull(9)
        let hasReply = !row.isNull(10)
        let other = row.text(13).map { self.sender($0, bridge: sender.bridge) }
        let said = row.isNull(14) ? nil : row.time(14)
        let deleter = row.text(16)
        let corrected = row.isNull(17) ? nil : row.number(17)
        guard
            hasOrigin || hasReply || other != nil || said != nil || deleter != nil
                || corrected != nil
        else { return nil }
        let passed = row.text(9)?.split(separator: "\n").map(String.init) ?? []
        return MessageDetails(
            reply: hasReply
                ? Quotation(
                    number: row.number(10), name: row.text(11) ?? "", excerpt: row.text(12) ?? "")
                : nil,
            other: other,
            origin: hasOrigin
                ? Origin(channel: row.text(7), remoteID: row.text(8), passed: passed) : nil,
            said: said, deleter: deleter, corrected: corrected)
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

    /// Returns a sender by name; the same value for the same name, unless there are too many.
    private func sender(_ name: String, bridge: String, account: Int64? = nil) -> Sender {
        let key = SenderName(name: name, bridge: bridge, account: account)
        if let sender = senders[key] { return sender }
        if senders.count >= 10_000 { senders = [:] }
        var hasher = Hasher()
        hasher.combine(key)
        // The file has no identities, so the name must do. The highest bit sets it apart from the
        // identities of connections, as for everyone who does not speak here directly.
        let identity = UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
        let sender = Sender(
            name: name, key: fold(name), bridge: bridge, identity: identity,
            account: account.map { AccountID(rawValue: $0) })
        senders[key] = sender
        return sender
    }
}
