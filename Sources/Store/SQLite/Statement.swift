import MessageBus
import CSQLite

/// A prepared statement.
///
/// Owned by its `Database`, and so by one holder at a time.
@safe final class Statement {
    private let path: String
    private let pointer: OpaquePointer

    /// Prepares a statement.
    init(_ database: Database, _ text: String) throws(StoreError) {
        path = database.path
        var prepared: OpaquePointer?
        let result = unsafe sqlite3_prepare_v3(
            database.pointer, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard result == SQLITE_OK, let prepared = unsafe prepared else {
            throw database.error(result)
        }
        unsafe pointer = prepared
    }

    deinit { unsafe sqlite3_finalize(pointer) }

    /// Returns the error of a failed call.
    ///
    /// The connection's pointer comes from SQLite: a database owns its statements, so they can't
    /// own it.
    private func error(_ result: Int32) -> StoreError {
        unsafe StoreError(path, result, of: sqlite3_db_handle(pointer))
    }

    // MARK: - Values

    /// Binds an integer.
    func bind(_ index: Int32, _ value: Int64) {
        let result = unsafe sqlite3_bind_int64(pointer, index, value)
        // An integer takes no memory, so only a mistake of ours can be refused: a parameter that
        // the statement does not have, or a statement that is not reset.
        assert(result == SQLITE_OK, "parameter \(index) can't be bound")
    }

    /// Binds a moment, in milliseconds since 1970.
    func bind(_ index: Int32, _ value: Timestamp) { bind(index, value.milliseconds) }

    /// Binds a message's number.
    func bind(_ index: Int32, _ value: MessageNumber) { bind(index, value.column) }

    /// Binds a text, copied; `nil` is NULL.
    func bind(_ index: Int32, _ text: String?) throws(StoreError) {
        guard var text else {
            unsafe sqlite3_bind_null(pointer, index)
            return
        }
        let result = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe sqlite3_bind_text(
                    pointer, index, characters.baseAddress ?? emptyText,
                    Int32(clamping: characters.count), transientText)
            }
        }
        if result != SQLITE_OK { throw error(result) }
    }

    /// Binds bytes, copied.
    ///
    /// - Parameter asText: true if they are UTF-8, false if they are a blob.
    func bind(_ index: Int32, bytes: [UInt8], asText: Bool = false) throws(StoreError) {
        let result = unsafe bytes.withUnsafeBytes { bytes in
            if asText {
                return unsafe sqlite3_bind_text(
                    pointer, index,
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText,
                    Int32(clamping: bytes.count), transientText)
            }
            return unsafe bytes.isEmpty
                ? sqlite3_bind_zeroblob(pointer, index, 0)
                : sqlite3_bind_blob(
                    pointer, index, bytes.baseAddress, Int32(clamping: bytes.count), transientText)
        }
        if result != SQLITE_OK { throw error(result) }
    }

    /// Binds a text without copying; it must stay in place until the statement has run.
    func bind(_ index: Int32, staying text: UnsafeRawBufferPointer) throws(StoreError) {
        let start = unsafe text.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText
        let result = unsafe sqlite3_bind_text(
            pointer, index, start, Int32(clamping: text.count), nil)
        if result != SQLITE_OK { throw error(result) }
    }

    /// Binds NULL.
    func bindNull(_ index: Int32) { unsafe sqlite3_bind_null(pointer, index) }

    /// Sets all values to NULL, so that none can be read again.
    func clear() { unsafe sqlite3_clear_bindings(pointer) }

    // MARK: - Running

    /// Advances to the next row; returns false if there is none.
    func step() throws(StoreError) -> Bool {
        switch unsafe sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            unsafe sqlite3_reset(pointer)
            return false
        case let result:
            let error = self.error(result)
            unsafe sqlite3_reset(pointer)
            throw error
        }
    }

    /// Runs the statement to its end.
    func run() throws(StoreError) { while try step() {} }

    /// Ends the statement, whatever rows are left.
    func reset() { unsafe sqlite3_reset(pointer) }

    // MARK: - Results

    /// Returns an integer; 0 for NULL.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(pointer, column) }

    /// Returns a moment in milliseconds since 1970; the epoch for NULL.
    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    /// Returns a message's number.
    func number(_ column: Int32) -> MessageNumber { MessageNumber(column: integer(column)) }

    /// Returns true if the value is NULL.
    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// Returns a text; `nil` for NULL.
    func text(_ column: Int32) -> String? {
        unsafe isNull(column) ? nil : String(decoding: bytes(column), as: UTF8.self)
    }

    /// Returns the bytes of a text or blob, valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = unsafe sqlite3_column_blob(pointer, column)
        return unsafe UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(pointer, column)))
    }
}

/// Address of an empty text: a text without an address would be NULL.
// Unsafe only in type: one byte that is never written again.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    unsafe byte.initialize(to: 0)
    return unsafe UnsafePointer(byte)
}()
