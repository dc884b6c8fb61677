/// JetStream's metadata of a delivered message, as its reply subject tells:
/// `$JS.ACK.STREAM.CONSUMER.TRIES.SEQUENCE.CONSUMER-SEQUENCE.TIME.PENDING`.
struct DeliveryMetadata: Sendable, Equatable {
    /// The consumer that has delivered it.
    let consumer: String
    /// The message's number in the stream.
    let sequence: UInt64
    /// The number of messages that the consumer has delivered, this one included.
    let count: UInt64
    /// The time that the stream has for it, in nanoseconds since 1970.
    let time: String
    /// Messages of the stream that come behind it at present.
    let pending: UInt64

    /// Reads a reply subject, of this version of NATS or a later one; `nil` if it is another.
    init?(_ reply: String) {
        let parts = reply.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 9, parts[0] == "$JS", parts[1] == "ACK" else { return nil }
        // Later versions have the domain and the account in front.
        let start = parts.count > 9 ? 6 : 4
        guard parts.count > start + 4, let sequence = Self.ordinal(parts[start + 1]),
            let count = Self.ordinal(parts[start + 2]),
            let pending = Self.ordinal(parts[start + 4])
        else { return nil }
        consumer = String(parts[start - 1])
        self.sequence = sequence
        self.count = count
        self.time = String(parts[start + 3])
        self.pending = pending
    }

    private static func ordinal(_ part: Substring) -> UInt64? {
        UInt64(part).flatMap { $0 <= ByteReader.maxOrdinal ? $0 : nil }
    }
}
