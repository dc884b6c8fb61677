import MessageBus

// SQLite's integers have a sign, and our numbers have none.
extension MessageNumber {
    /// Makes the number that a column holds.
    init(column: Int64) { self.init(rawValue: UInt64(clamping: column)) }

    /// The number as a column holds it.
    var column: Int64 { Int64(clamping: rawValue) }
}
