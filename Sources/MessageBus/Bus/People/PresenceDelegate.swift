/// The connection, or the bridge, that the bus tells what happens to somebody who is here by it.
///
/// It is told once, however many presences the person has there: one in each room that is read.
/// Confined to the bus's loop.
package protocol PresenceDelegate: AnyObject {
    /// Hands over a message that only its sender and its receiver get.
    func deliver(_ message: Message)

    /// True if messages that are handed over reach somebody; false for a bridge that only brings
    /// messages in.
    var isReachable: Bool { get }

    /// True if more messages wait to be read than should, so that further ones would only pile up.
    var isFull: Bool { get }

    /// Reports that from now on the person speaks under another name, or for an account.
    ///
    /// - Parameter isForced: whether the name had to be given up, so that the person must be told.
    func senderChanged(to sender: Sender, isForced: Bool)

    /// Sends the person away from here.
    func disconnect(_ reason: Disconnection)

    /// The address that limits and bans apply to; `nil` if there is none.
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
