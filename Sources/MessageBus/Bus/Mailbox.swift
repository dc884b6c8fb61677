/// Takes the private messages of somebody.
///
/// Confined to the bus's loop.
package protocol Mailbox: AnyObject {
    /// Hands over a message that only its sender and its receiver get.
    func deliver(_ message: Message)

    /// Whether what is handed over gets to somebody: not on a bridge that only brings in.
    var isReachable: Bool { get }

    /// Whether more waits to be read than should: what is handed over now would only pile up.
    var isFull: Bool { get }
}

extension Mailbox {
    /// False: a mailbox that lets the oldest go never fills.
    package var isFull: Bool { false }
}
