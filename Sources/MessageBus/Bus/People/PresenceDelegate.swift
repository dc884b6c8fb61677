/// The side of a connection, or of a bridge, that the bus tells what becomes of somebody there.
///
/// It is told once, however many presences of the person it has: one in each room that it reads.
/// Confined to the bus's loop.
package protocol PresenceDelegate: AnyObject {
    /// Hands over a message that only its sender and its receiver get.
    func deliver(_ message: Message)

    /// True if messages that are handed over get to somebody: not on a bridge that only brings in.
    var isReachable: Bool { get }

    /// True if more waits to be read than should: more messages would only pile up.
    var isFull: Bool { get }

    /// Tells that the person speaks by another name, or for an account, from now on.
    ///
    /// - Parameter isForced: whether the name had to be given up, so that the person must be told.
    func senderChanged(to sender: Sender, isForced: Bool)

    /// Sends the person away from here.
    func disconnect(_ reason: Disconnection)

    /// The address that limits and bans go by; `nil` if there is none.
    var address: ClientAddress? { get }
}

extension PresenceDelegate {
    /// False: a delegate that lets the oldest messages go never fills.
    package var isFull: Bool { false }

    /// Does nothing: a bridge speaks by the names that its configuration gives.
    package func senderChanged(to sender: Sender, isForced: Bool) {}

    /// None: there is no connection.
    package var address: ClientAddress? { nil }

    /// Does nothing: there is no connection.
    package func disconnect(_ reason: Disconnection) {}
}
