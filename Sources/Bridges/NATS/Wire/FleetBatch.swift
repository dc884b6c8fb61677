import Sockets

/// Messages of one room and one instance, as one message of the stream holds them.
///
/// The bytes are `P1`, the instance's name, the count of its earlier messages in the room, the
/// count of the records, and the records, each with its length in front: a later version may add to
/// them.
struct FleetBatch: Sendable, Equatable {
    private static let magic = [UInt8(ascii: "P"), UInt8(ascii: "1")]

    /// The name of the instance.
    var instance: String
    /// The number of messages that the instance had put into the stream for this room before these;
    /// `nil` for messages that are put into it again.
    var index: UInt64?
    var records: [FleetRecord] = []
    /// The number of records that can't be read, such as those of a later version.
    private(set) var unread: UInt64 = 0

    /// Makes a batch.
    init(from instance: String, index: UInt64? = nil, _ records: [FleetRecord] = []) {
        self.instance = instance
        self.index = index
        self.records = records
    }

    /// The bytes.
    var encoded: [UInt8] {
        var (body, scratch) = (ByteWriter(capacity: 64 * records.count), ByteWriter())
        for record in records { record.write(to: &body, &scratch) }
        return Self.encoded(instance, index: index, count: records.count, body.bytes)
    }

    /// Returns the bytes of a batch whose records are written already.
    static func encoded(
        _ instance: String, index: UInt64?, count: Int, _ records: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: records.count + 80)
        writer.append(raw: magic)
        writer.append(instance)
        writer.append(index.map { $0 + 1 } ?? 0)
        writer.append(UInt64(count))
        writer.append(raw: records)
        return writer.bytes
    }

    /// Reads a batch; `nil` if it is not one, or its place is too high to be one.
    ///
    /// Records that can't be read are left out.
    @safe init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.begins(with: Self.magic) else { return nil }
        var reader = ByteReader(bytes.part(Self.magic.count...))
        guard let instance = reader.text(), let index = reader.ordinal(),
            let count = reader.number(), count <= UInt64(bytes.count)
        else { return nil }
        self.init(from: instance, index: index == 0 ? nil : index - 1)
        // The count may be wrong: memory for more is allocated once the records are there.
        records.reserveCapacity(min(Int(count), OutgoingBatch.messages))
        for _ in 0..<count {
            guard let part = reader.part() else { return nil }
            if let record = FleetRecord(part) { records.append(record) } else { unread += 1 }
        }
    }
}
