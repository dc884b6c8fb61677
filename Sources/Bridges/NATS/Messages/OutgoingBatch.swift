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
    private var numbers: [MessageNumber] = []

    /// The number of messages.
    var count: Int { numbers.count }
    /// The number of the first one.
    var first: MessageNumber { numbers.first ?? 0 }
    /// The number of the last one.
    var last: MessageNumber { numbers.last ?? 0 }

    /// True if there is nothing in it.
    var isEmpty: Bool { numbers.isEmpty }

    /// Adds a record.
    mutating func append(_ record: [UInt8], number: MessageNumber) {
        numbers.append(number)
        records += record
    }

    /// Returns how many of the messages have numbers up to one.
    func count(through number: MessageNumber) -> Int { numbers.count { $0 <= number } }

    /// Returns the name by which the broker recognises the batch if it is sent again.
    func id(from store: String, room: String) -> String { "\(store)-\(room)-\(first)-\(last)" }
}
