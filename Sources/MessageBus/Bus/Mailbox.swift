/// A receiver of somebody's private messages.
///
/// Confined to the bus's loop.
package protocol Mailbox: AnyObject {
    /// Delivers a message that only its sender and its receiver get.
    func deliver(_ message: Message)

    /// True if delivered messages reach somebody: false for a bridge that only brings in.
    var isReachable: Bool { get }

    /// True if more messages wait to be read than should: another one would only pile up.
    var isFull: Bool { get }
}

extension Mailbox {
    /// False: a mailbox that drops the oldest message never fills.
    package var isFull: Bool { false }
}
