import CSQLite
import Glibc

/// Why something could not be kept or read: a sentence for the person at the terminal.
///
/// It names the file and what SQLite said of it, and never a value that was to be stored.
package struct StoreError: Error, CustomStringConvertible, Equatable {
    /// The file.
    package let path: String
    /// What is wrong, and what to do.
    package let sentence: String
    /// SQLite's primary result code, 0 where it is not SQLite who complains.
    let code: Int32
    /// Whether it may pass without anybody changing the configuration: a full disk, a lock.
    let mayPass: Bool
    /// Whether the full-text index is what is damaged.
    let isIndexDamaged: Bool
    /// Whether another process gives the same numbers: none may be given that this one reserves.
    let isContested: Bool

    /// A store that somebody else writes into, who has got past the lock: by a second name of the
    /// file, or with the lock removed.
    static func contested(_ path: String) -> StoreError {
        StoreError(path, "another process writes into it; one daemon at a time", isContested: true)
    }

    /// A message whose number another one has, so that what a source has reached can't be kept.
    static func numberTaken(_ path: String) -> StoreError {
        StoreError(
            path,
            "numbers given here are taken in it: another process wrote into it; end that one and "
                + "start this one anew: durable sources repeat what is not kept")
    }

    init(_ path: String, _ sentence: String, isContested: Bool = false) {
        self.isContested = isContested
        self.path = path
        self.sentence = sentence
        code = 0
        mayPass = false
        isIndexDamaged = false
    }

    /// What a connection complains about.
    init(_ path: String, _ extended: Int32, of connection: OpaquePointer?) {
        self.init(
            path, extended: extended, message: String(cString: sqlite3_errmsg(connection)),
            number: sqlite3_system_errno(connection))
    }

    /// An error of SQLite.
    ///
    /// - Parameters:
    ///   - extended: the extended result code.
    ///   - message: SQLite's own words.
    ///   - number: the system's error number behind it, 0 if there is none.
    init(_ path: String, extended: Int32, message: String, number: Int32) {
        self.path = path
        isContested = false
        code = extended & 0xFF
        isIndexDamaged = extended == SQLITE_CORRUPT | (1 << 8)  // SQLITE_CORRUPT_VTAB
        let isFull = code == SQLITE_FULL || number == ENOSPC || number == EDQUOT
        mayPass =
            isFull
            || [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_IOERR, SQLITE_NOMEM]
                .contains(code)
            || code == SQLITE_CANTOPEN && (number == EMFILE || number == ENFILE)
        let reason = isFull ? "the disk is full" : Self.reason(code, number)
        sentence = reason == message ? reason : "\(reason) (\(message))"
    }

    /// Whether the file refuses one row, and would take others.
    var isAboutOneRow: Bool { code == SQLITE_CONSTRAINT || code == SQLITE_TOOBIG }

    /// Whether a message can't be kept because its number is taken.
    var isOfTakenNumber: Bool { code == SQLITE_CONSTRAINT }

    /// Whether a new connection to the file would surely fail in the same way.
    var isOfEveryConnection: Bool {
        [SQLITE_FULL, SQLITE_BUSY, SQLITE_LOCKED].contains(code)
    }

    /// As it stands in a log: `store: /srv/puente.sqlite: the disk is full (…)`.
    package var description: String { "store: \(path): \(sentence)" }

    private static func reason(_ code: Int32, _ number: Int32) -> String {
        switch code {
        case SQLITE_BUSY, SQLITE_LOCKED: "another program keeps it locked"
        case SQLITE_READONLY: "it must not be written; its rights or its file system forbid it"
        case SQLITE_PERM, SQLITE_AUTH: "permission denied"
        case SQLITE_CANTOPEN where number != 0: "it can't be opened: \(Self.words(for: number))"
        case SQLITE_CANTOPEN: "it can't be opened"
        case SQLITE_IOERR where number != 0: "the disk fails: \(Self.words(for: number))"
        case SQLITE_IOERR: "the disk fails"
        case SQLITE_NOMEM: "there is no memory left"
        case SQLITE_CORRUPT:
            "it is damaged; put a copy in its place, or move it away and a new one is begun"
        case SQLITE_NOTADB:
            "this is no database; is \"path\" right? Move the file away and a new one is begun"
        default: "SQLite gives up"
        }
    }

    /// The system's words for an error number, in lower case as the log has them.
    static func words(for number: Int32) -> String {
        String(cString: strerror(number)).lowercased()
    }
}
