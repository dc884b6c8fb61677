import Glibc
import Sockets

/// The connections of a server.
///
/// Confined to the server's loop, but for being made.
final class TestHTTPConnections: @unchecked Sendable {  // see the line above
    private let loop: EventLoop
    private let handler: TestHTTPServer.Handler
    private let endsAtOnce: Bool
    private var listener: Listener?
    private var connections: [Int: TestHTTPConnection] = [:]
    private var last = 0

    init(_ loop: EventLoop, endsAtOnce: Bool, _ handler: @escaping TestHTTPServer.Handler) {
        self.loop = loop
        self.endsAtOnce = endsAtOnce
        self.handler = handler
    }

    var count: Int { connections.count }

    func listen(_ address: SocketAddress) throws -> UInt16 {
        let listener = try Listener(address, on: loop, onFailure: { _ in }) {
            [weak self] descriptor, _ in
            self?.accept(descriptor)
        }
        self.listener = listener
        return listener.address.port
    }

    private func accept(_ descriptor: Int32) {
        if endsAtOnce { shutdown(descriptor, Int32(SHUT_WR)) }
        last += 1
        let id = last
        connections[id] = TestHTTPConnection(
            descriptor, id: id, on: loop, handler: handler
        ) { [weak self] in self?.connections[id] = nil }
    }

    func closeConnections() { for connection in Array(connections.values) { connection.close() } }

    func close() {
        listener?.close()
        closeConnections()
    }
}
