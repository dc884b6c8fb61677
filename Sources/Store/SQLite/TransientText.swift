import CSQLite

/// The destructor by which SQLite copies the bytes that it is given (its macro SQLITE_TRANSIENT,
/// which Swift can't see).
var transientText: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)  // SQLite's documented way to say so
}
