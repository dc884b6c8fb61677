import Sockets

/// A connection that a stream writes to, with the right way to close it.
///
/// Confined to the bus's loop.
package protocol StreamedConnection {
    /// The connection.
    var connection: Connection { get }
    /// The client's name in the log.
    var clientName: String { get }

    /// Closes at once, or once the other side has read everything.
    func close(whenRead: Bool)
}

extension TakenOverConnection: StreamedConnection {
    /// The client's name in the log: its address.
    package var clientName: String { "a client of \(peer.address)" }

    /// Closes at once, or once the other side has read everything.
    package func close(whenRead: Bool) { if whenRead { closeWhenRead() } else { close() } }
}
