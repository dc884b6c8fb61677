import CSQLite

/// The tables of the file, and the migrations that bring older files up to date.
enum Schema {
    /// Version of the schema that this program writes, kept in the file as `user_version`.
    static let current: Int64 = 10
    /// Application id that marks the file as ours, also for file(1): "Pnte".
    private static let application: Int64 = 0x506E_7465

    /// Brings a file up to the current version.
    ///
    /// - Throws: `StoreError` if it is newer, or some other program's.
    static func prepare(_ database: Database) throws(StoreError) {
        if try check(database) == current { return }
        try database.transaction { () throws(StoreError) in
            // Checked again with the lock: another process may have been quicker.
            let version = try check(database)
            for step in migrations[Int(version)...] { try database.execute(step) }
            try database.execute("PRAGMA user_version = \(current)")
            try database.execute("PRAGMA application_id = \(application)")
        }
    }

    /// Returns the version of a file; 0 if it is empty.
    @discardableResult
    static func check(_ database: Database) throws(StoreError) -> Int64 {
        let version = try database.number("PRAGMA user_version") ?? 0
        let isForeign = try database.number("PRAGMA application_id") != application
        let isEmpty = try database.number("SELECT count(*) FROM sqlite_schema") == 0
        if isForeign, version != 0 || !isEmpty {
            throw StoreError(
                database.path,
                "this is another program's database; choose another \"path\" for the store")
        }
        if version > current {
            throw StoreError(
                database.path,
                """
                it was written by a newer version of puente (its format is \(version), this \
                program knows \(current)); run that version, or choose another "path"
                """)
        }
        return version
    }

    /// One migration for each version, from an empty file on.
    static let migrations = [
        version1, version2, foldedWords, origins, accounts, deletions, sessions, automatic,
        loginAttempts, privateReplies,
    ]

    /// The full-text index: words of messages and edits, as `SearchTokens` writes them; the texts
    /// are in `messages`.
    ///
    /// Words are folded and separated by spaces before FTS5 sees them, so its simplest tokenizer
    /// will do, and the index can be searched with plain `sqlite3` too: `words MATCH 'cancion'`.
    static let words = """
        CREATE VIRTUAL TABLE words USING fts5(text, room, content = '', columnsize = 0,
            tokenize = 'ascii');
        \(mergeMore);
        """

    /// Merges segments of the index when there are eight of a size, not four, so that each word is
    /// written fewer times.
    private static let mergeMore = "INSERT INTO words (words, rank) VALUES ('automerge', 8)"

    /// Starts the index over: words of older files follow another rule.
    private static let foldedWords = """
        DROP TABLE words;
        \(words)
        UPDATE meta SET value = 0 WHERE key = 'indexed';
        """

    /// Stores the name of a followed file once, not again with each of its lines.
    private static let origins = """
        -- Files that lines came from: where a message has an origin, its channel is there.
        CREATE TABLE origins (id INTEGER PRIMARY KEY, channel TEXT NOT NULL UNIQUE);
        ALTER TABLE messages ADD COLUMN origin INTEGER;
        \(mergeMore);
        DROP VIEW log;
        CREATE VIEW log AS
            SELECT number,
                strftime('%Y-%m-%dT%H:%M:%SZ', ifnull(said, time) / 1000, 'unixepoch') AS time,
                rooms.name AS room,
                CASE kind WHEN 0 THEN 'message' WHEN 1 THEN 'join' WHEN 2 THEN 'leave'
                    WHEN 3 THEN 'rename' ELSE 'edit' END AS kind,
                sender, bridge, text, ifnull(messages.channel, origins.channel) AS channel, remote
            FROM messages JOIN rooms ON rooms.id = messages.room
                LEFT JOIN origins ON origins.id = messages.origin;
        """

    private static let version1 = """
        -- Small facts: which numbers may have been given, how far the full-text index is.
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

        -- kind: 0 message, 1 join, 2 leave, 3 rename, 4 edit. time: milliseconds since 1970.
        -- channel, remote: where it came from and what it is called there. passed: instances, one
        -- a line. other: the new name in a rename.
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY, room INTEGER NOT NULL, kind INTEGER NOT NULL,
            time INTEGER NOT NULL, sender TEXT NOT NULL, bridge TEXT NOT NULL, text TEXT NOT NULL,
            channel TEXT, remote TEXT, passed TEXT,
            reply_number INTEGER, reply_name TEXT, reply_excerpt TEXT, other TEXT);
        CREATE INDEX messages_by_room ON messages (room, number, kind);

        -- What sources have reached.
        CREATE TABLE checkpoints (
            bridge TEXT NOT NULL, source TEXT NOT NULL, state BLOB NOT NULL,
            PRIMARY KEY (bridge, source)) WITHOUT ROWID;
        -- What durable readers are done with; used: when one was last asked for or moved, about.
        CREATE TABLE cursors (
            bridge TEXT NOT NULL, channel TEXT NOT NULL, room INTEGER NOT NULL,
            number INTEGER NOT NULL, used INTEGER NOT NULL,
            PRIMARY KEY (bridge, channel, room)) WITHOUT ROWID;
        -- What our messages are called elsewhere.
        CREATE TABLE links (
            number INTEGER NOT NULL, bridge TEXT NOT NULL, channel TEXT NOT NULL,
            remote TEXT NOT NULL, time INTEGER NOT NULL);
        CREATE UNIQUE INDEX links_by_number ON links (number, bridge, channel, remote);
        CREATE INDEX links_by_remote ON links (remote, channel, bridge, number);
        -- Deliveries that failed, and what was answered the last time.
        CREATE TABLE attempts (
            number INTEGER NOT NULL, bridge TEXT NOT NULL, channel TEXT NOT NULL,
            count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            answer TEXT NOT NULL, PRIMARY KEY (number, bridge, channel)) WITHOUT ROWID;

        -- What was dropped, without its text: kept for a day.
        CREATE TABLE dropped (
            number INTEGER PRIMARY KEY, room INTEGER NOT NULL, kind INTEGER NOT NULL,
            time INTEGER NOT NULL, sender TEXT NOT NULL, bridge TEXT NOT NULL,
            bytes INTEGER NOT NULL, channel TEXT, remote TEXT);
        -- Which steps changed (code NULL) or dropped a message, in their order.
        CREATE TABLE verdicts (
            number INTEGER NOT NULL, place INTEGER NOT NULL, step TEXT NOT NULL,
            code TEXT, reason TEXT, PRIMARY KEY (number, place)) WITHOUT ROWID;

        CREATE TABLE accounts (
            key TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL,
            created INTEGER NOT NULL) WITHOUT ROWID;

        \(words)

        -- For people who look at the file with sqlite3.
        CREATE VIEW log AS
            SELECT number, strftime('%Y-%m-%dT%H:%M:%SZ', time / 1000, 'unixepoch') AS time,
                rooms.name AS room,
                CASE kind WHEN 0 THEN 'message' WHEN 1 THEN 'join' WHEN 2 THEN 'leave'
                    WHEN 3 THEN 'rename' ELSE 'edit' END AS kind,
                sender, bridge, text
            FROM messages JOIN rooms ON rooms.id = messages.room;
        """

    private static let version2 = """
        -- said: when it was said, where that is known otherwise than by its arrival, which time is.
        ALTER TABLE messages ADD COLUMN said INTEGER;
        DROP VIEW log;
        CREATE VIEW log AS
            SELECT number,
                strftime('%Y-%m-%dT%H:%M:%SZ', ifnull(said, time) / 1000, 'unixepoch') AS time,
                rooms.name AS room,
                CASE kind WHEN 0 THEN 'message' WHEN 1 THEN 'join' WHEN 2 THEN 'leave'
                    WHEN 3 THEN 'rename' ELSE 'edit' END AS kind,
                sender, bridge, text
            FROM messages JOIN rooms ON rooms.id = messages.room;
        """
}
