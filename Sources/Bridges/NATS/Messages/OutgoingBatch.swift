import MessageBus

/// Messages of a room that go into the stream as one.
struct OutgoingBatch: Sendable {
    /// The most messages in it.
    static let messages = 256
    /// The most bytes in it, unless one message alone has more.
    static let bytes = 256 << 10
    /// Bytes that the server counts beside the records: headers, and what stands in front.
    static let overhead = 512

    /// The records, as they are written.
    private(set) var records: [UInt8] = []
    private(set) var count = 0
    private(set) var first: MessageNumber = 0
    private(set) var last: MessageNumber = 0

    /// True if there is nothing in it.
    var isEmpty: Bool { count == 0 }

    /// Adds a record.
    mutating func append(_ record: [UInt8], number: MessageNumber) {
        if count == 0 { first = number }
        last = number
        count += 1
        records += record
    }

    /// Returns the name by which the broker knows it again.
    func id(from store: String, room: String) -> String { "\(store)-\(room)-\(first)-\(last)" }
}
