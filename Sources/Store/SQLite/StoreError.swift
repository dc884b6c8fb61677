import CSQLite
import Glibc

/// A failure to store or read something, as a sentence for the person at the terminal.
///
/// It names the file and SQLite's complaint, and never a value that was to be stored.
package struct StoreError: Error, CustomStringConvertible, Equatable {
    /// The file.
    package let path: String
    /// The problem, and its remedy.
    package let sentence: String
    /// SQLite's primary result code; 0 if the error is not SQLite's.
    let code: Int32
    /// True if it may pass without a change of the configuration: a full disk, a lock.
    let mayPass: Bool
    /// True if it is the full-text index that is damaged.
    let isIndexDamaged: Bool
    /// True if another process reserves the same numbers, so that none of ours may be given.
    let isContested: Bool

    /// Returns the error of a store that another process writes to in spite of the lock: by a
    /// second name of the file, or because the lock file was removed.
    static func contested(_ path: String) -> StoreError {
        StoreError(
            path, "another process is writing to it; a store can have only one daemon",
            isContested: true)
    }

    /// Returns the error of a message whose number is taken, so that its source's checkpoint can't
    /// be stored.
    static func numberTaken(_ path: String) -> StoreError {
        StoreError(
            path,
            "another process has written to it and used the same message numbers: stop that "
                + "process, then restart this one; durable sources send again what was not stored")
    }

    init(_ path: String, _ sentence: String, mayPass: Bool = false, isContested: Bool = false) {
        self.isContested = isContested
        self.path = path
        self.sentence = sentence
        code = 0
        self.mayPass = mayPass
        isIndexDamaged = false
    }

    /// Makes an error from the latest one of a connection.
    init(_ path: String, _ extended: Int32, of connection: OpaquePointer?) {
        unsafe self.init(
            path, extended: extended, message: String(cString: sqlite3_errmsg(connection)),
            number: sqlite3_system_errno(connection))
    }

    /// Makes an error from one of SQLite's.
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

    /// True if only one row is refused, not the others.
    var isAboutOneRow: Bool { code == SQLITE_CONSTRAINT || code == SQLITE_TOOBIG }

    /// True if the number of a message is taken.
    var isOfTakenNumber: Bool { code == SQLITE_CONSTRAINT }

    /// True if a new connection to the file would certainly fail in the same way.
    var isOfEveryConnection: Bool {
        [SQLITE_FULL, SQLITE_BUSY, SQLITE_LOCKED].contains(code)
    }

    /// The line for a log: `store: /srv/puente.sqlite: the disk is full (…)`.
    package var description: String { "store: \(path): \(sentence)" }

    private static func reason(_ code: Int32, _ number: Int32) -> String {
        switch code {
        case SQLITE_BUSY, SQLITE_LOCKED: "another program keeps it locked"
        case SQLITE_READONLY: "it is read-only: check its permissions and its file system"
        case SQLITE_PERM, SQLITE_AUTH: "permission denied"
        case SQLITE_CANTOPEN where number != 0: "it can't be opened: \(Self.words(for: number))"
        case SQLITE_CANTOPEN: "it can't be opened"
        case SQLITE_IOERR where number != 0: "the disk reports an error: \(Self.words(for: number))"
        case SQLITE_IOERR: "the disk reports an error"
        case SQLITE_NOMEM: "there is no memory left"
        case SQLITE_CORRUPT:
            "it is damaged; restore a copy of it, or move it away to start a new one"
        case SQLITE_NOTADB:
            "this is not a database; is \"path\" right? Move the file away to start a new one"
        default: "SQLite reports an error"
        }
    }

    /// Returns the system's words for an error number, in lower case like the log.
    static func words(for number: Int32) -> String {
        unsafe String(cString: strerror(number)).lowercased()
    }
}
