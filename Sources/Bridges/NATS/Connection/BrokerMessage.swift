import CNATS

/// A message from the broker.
///
/// Owned by the thread that has received it, and released with it.
struct BrokerMessage: ~Copyable {
    private let message: OpaquePointer

    init(_ message: OpaquePointer) { self.message = message }

    deinit { natsMsg_Destroy(message) }

    /// The subject that it came under.
    var subject: String {
        natsMsg_GetSubject(message).map { String(cString: $0) } ?? ""
    }

    /// The subject for an answer; the stream tells the message's place by it.
    var reply: String {
        natsMsg_GetReply(message).map { String(cString: $0) } ?? ""
    }

    /// The content, valid as long as the message.
    var content: UnsafeRawBufferPointer {
        let count = Int(natsMsg_GetDataLength(message))
        return UnsafeRawBufferPointer(start: natsMsg_GetData(message), count: count)
    }

    /// Returns the value of a header.
    func header(_ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        guard natsMsgHeader_Get(message, name, &value) == NATS_OK, let value else { return nil }
        return String(cString: value)
    }

    /// The status that the broker answers with instead of a content; `nil` for an ordinary message.
    var status: String? { content.isEmpty ? header("Status") : nil }
}
