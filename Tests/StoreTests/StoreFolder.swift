import Glibc
import MessageBus
import Sockets
import TestSupport

@testable import Store

/// A folder for a test's files, removed with the test.
final class StoreFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/puente-store-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    /// The database.
    var file: String { "\(path)/puente.sqlite" }

    /// Makes a file as a version of the schema left it.
    ///
    /// - Parameter content: what is in it, in SQL.
    func makeFile(ofVersion version: Int, _ content: String) throws {
        let database = try Database(file, .write)
        try database.execute(
            """
            PRAGMA application_id = \(0x506E_7465);
            \(Schema.migrations[..<version].joined(separator: ";\n"));
            PRAGMA user_version = \(version);
            \(content)
            """)
    }

    /// Indexes what is left.
    ///
    /// Closing a store does that for half a second only, and leaves the rest to the next start.
    func finishIndex() throws {
        let connection = try WriteConnection(file)
        let index = SearchIndex()
        try index.load(connection, at: .start)
        while index.due != nil { try index.advance(connection, at: .distantFuture) }
    }

    deinit {
        for ending in ["", "-wal", "-shm", ".lock", ".away", ".away-wal", ".away-shm"] {
            unlink(file + ending)
        }
        rmdir(path)
    }
}

extension SQLiteStore {
    /// Makes a store with the clocks standing still, and commits without delay.
    static func make(
        _ file: String, _ options: Options = .quick, log: Log = .silent,
        wall: Int64 = 1_000_000
    ) -> SQLiteStore {
        SQLiteStore(
            file, options, fold: { $0.lowercased() },
            clock: StoppedClock(at: Timestamp(milliseconds: wall)), log: log,
            startThread: DedicatedThread.start)
    }

    /// Makes a store and opens it.
    static func open(
        _ file: String, _ options: Options = .quick, log: Log = .silent,
        wall: Int64 = 1_000_000
    ) throws -> SQLiteStore {
        let store = make(file, options, log: log, wall: wall)
        try store.open()
        return store
    }

    /// Closes the store within the time limit of a test.
    func close(unused: MessageNumber? = nil) async {
        await close(unused: unused, within: Patience.limit)
    }

    /// Stores texts in one turn of the loop, and returns when they are committed.
    @discardableResult
    func keep(
        _ texts: [String], in room: String = "general", by name: String = "ana",
        from number: MessageNumber? = nil, time: Int64 = 1_000_000
    ) async throws -> MessageNumber {
        let first = number ?? reserve(texts.count)
        let messages = texts.enumerated().map { offset, text in
            Message.make(
                text, by: .make(name), room: room, number: first + offset,
                time: Timestamp(milliseconds: time))
        }
        try await keep(messages)
        return first
    }

    /// Stores messages in one turn of the loop, and returns when they are committed.
    func keep(_ messages: [Message]) async throws {
        enqueue(Batch.make(messages), isOwed: false)
        let commit = enqueue(BridgeProgress(bridge: "test", checkpoints: []))
        endTurn()
        try await commit.wait()
    }
}

extension SQLiteStore.Options {
    /// Commits at once.
    static var quick: Self {
        var options = Self(backlog: 64 << 20, history: .seconds(90 * 86_400))
        options.delay = .zero
        return options
    }
}

extension SQLiteStore {
    /// Returns all stored messages of a room.
    func all(in room: String = "general") async throws -> [Message] {
        var found: [Message] = []
        while true {
            let next = try await messages(
                in: room, after: found.last?.number ?? 0, through: .max, atMost: 500)
            found += next.messages
            if next.isComplete { return found }
        }
    }
}

extension Schema {
    /// Statements that put one message into a file of an earlier version.
    static let earlierMessage = """
        INSERT INTO rooms (id, name) VALUES (1, 'general');
        INSERT INTO messages (number, room, kind, time, sender, bridge, text)
            VALUES (7, 1, 0, 1000, 'ana', 'chat', 'hola')
        """

    /// SQL that takes back the migrations from the fifth on, in files that tests make older than
    /// they are.
    static let withoutAccounts = """
        DROP INDEX messages_by_corrected; ALTER TABLE messages DROP COLUMN corrects;
        ALTER TABLE rooms DROP COLUMN removed; DROP TABLE sessions; DROP TABLE seen;
        DROP VIEW log; DROP INDEX messages_by_reply;
        ALTER TABLE messages DROP COLUMN deleted; CREATE VIEW log AS SELECT 1 AS number;
        DROP TABLE accounts; DROP TABLE reserved_names; DROP TABLE login_addresses;
        DROP TABLE login_attempts; DROP TABLE bans; DROP TABLE tokens; DROP TABLE private_messages;
        ALTER TABLE messages DROP COLUMN account; DELETE FROM meta WHERE key = 'accounts';
        CREATE TABLE accounts (key TEXT PRIMARY KEY);
        ALTER TABLE messages DROP COLUMN automatic;
        """
}
