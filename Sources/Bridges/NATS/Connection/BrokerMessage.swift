import CNATS
import Sockets

/// A message from the broker, or to it.
///
/// Owned by the thread that has received or made it, and released with it. It owns the library's
/// message.
@safe struct BrokerMessage: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over what the library has received.
    @unsafe init(received pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Makes a message.
    ///
    /// - Throws: `BrokerError`.
    init(
        _ content: [UInt8], to subject: String, reply: String? = nil
    ) throws(BrokerError) {
        var made: OpaquePointer?
        let status = unsafe content.withUnsafeBytes { bytes in
            unsafe natsMsg_Create(
                &made, subject, reply, bytes.bindMemory(to: CChar.self).baseAddress,
                Int32(clamping: bytes.count))
        }
        guard status == NATS_OK, let made = unsafe made else {
            throw BrokerError("publish", status)
        }
        unsafe pointer = made
    }

    deinit { unsafe natsMsg_Destroy(pointer) }

    /// Sets a header.
    func setHeader(_ name: String, _ value: String) {
        unsafe natsMsgHeader_Set(pointer, name, value)
    }

    /// The subject that it came under.
    var subject: String {
        unsafe String(lent: natsMsg_GetSubject(pointer)) ?? ""
    }

    /// The subject for an answer; the stream tells the message's place by it.
    var reply: String {
        unsafe String(lent: natsMsg_GetReply(pointer)) ?? ""
    }

    /// The content, valid as long as the message.
    var content: UnsafeRawBufferPointer {
        let count = unsafe Int(natsMsg_GetDataLength(pointer))
        return unsafe UnsafeRawBufferPointer(start: natsMsg_GetData(pointer), count: count)
    }

    /// Returns the value of a header.
    func header(_ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        let status = unsafe natsMsgHeader_Get(pointer, name, &value)
        return unsafe status == NATS_OK ? String(lent: value) : nil
    }

    /// The status that the broker answers with instead of a content; `nil` for an ordinary message.
    var status: String? { unsafe content.count == 0 ? header("Status") : nil }
}
