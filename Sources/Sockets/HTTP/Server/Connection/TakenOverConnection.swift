/// A connection that was taken over from an HTTP server, with its slot among the server's
/// connections.
///
/// Confined to the loop, which `Connection` checks. Its owner closes it with one of the functions
/// here, never directly, so that the server counts right.
package final class TakenOverConnection: @unchecked Sendable {  // touched on the loop only
    /// The connection; nothing that the server had to send waits in it.
    ///
    /// At the beginning it may hold bytes that the loop does not report: see
    /// `Connection.hasHeldInput`.
    package let connection: Connection
    /// The bytes that the client has sent after its request.
    package let received: [UInt8]
    /// The client.
    package let peer: HTTPPeer
    private let server: HTTPServer
    private let slot: ConnectionSlot

    init(
        _ connection: Connection, received: [UInt8], from peer: HTTPPeer, of server: HTTPServer,
        _ slot: ConnectionSlot
    ) {
        self.connection = connection
        self.received = received
        self.peer = peer
        self.server = server
        self.slot = slot
    }

    /// Memory of 16 KiB to receive into, which all connections of the server share: what is in it
    /// counts until the handler returns.
    package var readBuffer: UnsafeMutableRawBufferPointer { unsafe server.readBuffer }

    /// True until it is closed.
    package var isOpen: Bool { connection.isOpen }

    /// Closes at once; what is under way may be lost if the client has sent something unread.
    package func close() {
        guard connection.isOpen else { return }
        connection.close()
        server.endTakenOver(slot)
    }

    /// Closes once the client has read everything that was sent; what it sends is discarded.
    package func closeWhenRead() {
        guard connection.isOpen else { return }
        server.linger(connection.detach())
        server.endTakenOver(slot)
    }
}
