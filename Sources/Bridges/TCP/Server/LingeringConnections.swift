import Chat
import Glibc
import Sockets

/// The connections of one server that have been told everything and only wait until the other side
/// has it.
///
/// Confined to the loop.
final class LingeringConnections {
    private let loop: EventLoop
    private let oneIsGone: () -> Void
    private var connections: [ObjectIdentifier: LingeringConnection] = [:]
    /// Whether the server stops: it is enough that the other side's system has everything.
    private var isUrgent = false

    /// Connections that wait at most; more are closed at once, unless the server stops.
    private static let bound = min(1_000, Descriptors.limit / 8)

    init(on loop: EventLoop, oneIsGone: @escaping () -> Void) {
        self.loop = loop
        self.oneIsGone = oneIsGone
    }

    var isEmpty: Bool { connections.isEmpty }

    /// Closes a descriptor once the other side has read everything: closing with unread input would
    /// reset the connection and could take the last lines with it (RFC 1122, 4.2.2.13).
    func add(_ descriptor: Int32) {
        guard connections.count < Self.bound || isUrgent else {
            Glibc.close(descriptor)
            return
        }
        let new = try? LingeringConnection(descriptor, on: loop, isUrgent: isUrgent) {
            [unowned self] in
            self.connections[$0] = nil
            self.oneIsGone()
        }
        guard let new else { return }
        connections[ObjectIdentifier(new)] = new
        new.begin()
    }

    /// From now on it is enough that the other side's system has everything.
    func hurry() {
        isUrgent = true
        for connection in Array(connections.values) { connection.hurry() }
    }

    /// Closes all of them at once.
    func close() { for connection in Array(connections.values) { connection.close() } }
}
