import MessageBus

/// The next messages of a room for the stream, and those in between that other instances must not
/// get.
struct PreparedBatch: Sendable {
    /// The batch that goes into the stream.
    private(set) var content = OutgoingBatch()
    /// The messages in it.
    private(set) var members: [Delivery] = []
    /// The last message that was examined.
    private(set) var last: Delivery?
    private var count = 0
    private var bytes = 0

    /// Makes an empty batch.
    init() {}

    /// True if no message was examined.
    var isEmpty: Bool { last == nil }

    /// True if no more is to be read for it.
    var isFull: Bool { count >= OutgoingBatch.messages || bytes >= OutgoingBatch.bytes }

    /// Returns true if a record still fits into a number of bytes; the first one always does.
    func hasCapacity(for bytes: Int, of limit: Int) -> Bool {
        content.isEmpty || content.records.count + bytes <= limit
    }

    /// Adds a message.
    mutating func append(_ record: [UInt8], of delivery: Delivery) {
        content.append(record, number: delivery.message.number)
        members.append(delivery)
        bytes += delivery.message.body.count
        pass(delivery)
    }

    /// Records a message that is not for other instances.
    mutating func pass(_ delivery: Delivery) {
        last = delivery
        count += 1
    }
}
