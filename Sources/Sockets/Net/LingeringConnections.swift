import Glibc

/// The connections of one server that have been sent everything and stay open until the other side
/// has received it.
///
/// Confined to the loop.
package final class LingeringConnections {
    private let loop: EventLoop
    private let onClose: () -> Void
    private var connections: [ObjectIdentifier: LingeringConnection] = [:]
    /// True once the server stops: each closes as soon as the other side's kernel has everything.
    private var isUrgent = false

    /// The most connections that linger at a time, because each keeps a descriptor.
    ///
    /// More are closed at once, unless the server stops.
    private static let maxConnections = min(1_000, Descriptors.limit / 8)

    /// Makes an empty set.
    ///
    /// - Parameter onClose: called whenever one of them has closed.
    package init(on loop: EventLoop, onClose: @escaping () -> Void) {
        self.loop = loop
        self.onClose = onClose
    }

    /// True if none lingers.
    package var isEmpty: Bool { connections.isEmpty }

    /// Closes a descriptor once the other side has read everything: closing with unread input would
    /// reset the connection and could take the last lines with it (RFC 1122, 4.2.2.13).
    package func close(whenRead descriptor: Int32) {
        loop.assertOwned()
        guard connections.count < Self.maxConnections || isUrgent else {
            Glibc.close(descriptor)
            return
        }
        let new = try? LingeringConnection(descriptor, on: loop, isUrgent: isUrgent) {
            [unowned self] in
            self.connections[$0] = nil
            self.onClose()
        }
        guard let new else { return }
        connections[ObjectIdentifier(new)] = new
        new.begin()
    }

    /// Closes each as soon as the other side's kernel has everything.
    package func closeWhenConfirmed() {
        loop.assertOwned()
        isUrgent = true
        for connection in Array(connections.values) { connection.closeWhenConfirmed() }
    }

    /// Closes all of them at once.
    package func closeAll() {
        loop.assertOwned()
        for connection in Array(connections.values) { connection.close() }
    }
}
