import CNATS
import TimeUnits

/// A subscription whose messages one thread asks for.
///
/// Confined to that thread. It is released by the connection, once that is closed: libnats 3.4 uses
/// a subscription that is destroyed while one of its messages arrives (nats.c #637).
@safe struct BrokerSubscription: @unchecked Sendable {  // the library's own lock guards it
    let pointer: OpaquePointer

    /// Returns the next message; `nil` if there is none within a time.
    ///
    /// - Throws: `BrokerError` if the connection is gone, or one with the code `noResponders`
    ///   instead of an empty message with that status. The library keeps such a message, so its
    ///   origin is not known: anybody who may publish may have sent it.
    func next(within time: Duration) throws(BrokerError) -> BrokerMessage? {
        var message: OpaquePointer?
        let status = unsafe natsSubscription_NextMsg(
            &message, pointer, max(1, time.wholeMilliseconds))
        if status == NATS_OK, let message = unsafe message {
            return unsafe BrokerMessage(received: message)
        }
        if status == NATS_TIMEOUT { return nil }
        throw BrokerError("receive", status)
    }
}
