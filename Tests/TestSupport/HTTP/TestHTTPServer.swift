import Sockets
import Synchronization

/// An HTTP/1.1 server on loopback that does what a test tells it to, the wrong things too.
///
/// Safe from any thread; what it calls back is called on its own loop.
package final class TestHTTPServer: Sendable {
    /// A request that was read to its end.
    package struct Request: Sendable {
        /// `GET`, `POST`.
        package let method: String
        /// With what follows a question mark.
        package let path: String
        /// By name in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
        /// Which connection it came by, counted from 1.
        package let connection: Int
    }

    /// The treatment of a request; may be decided later, on the loop.
    package typealias Handler = (Request, TestHTTPConnection) -> Void

    /// The loop that it runs on.
    package let loop: EventLoop
    /// Its port on 127.0.0.1.
    package let port: UInt16
    private let place: Place

    /// Starts a server.
    ///
    /// - Parameter handler: called on the loop for each request, in the order of a connection.
    package init(
        clock: any LoopClock = SystemClock(), port: UInt16 = 0, handler: sending @escaping Handler
    ) throws {
        loop = try EventLoop(clock: clock)
        place = Place(loop, handler)
        guard let address = try SocketAddress.resolve(host: "127.0.0.1", port: port).first else {
            throw SocketError("resolve 127.0.0.1", reason: "nothing was found")
        }
        self.port = try place.listen(address)
        try loop.start(named: "http server")
    }

    deinit {
        let (loop, place) = (loop, place)
        loop.perform {
            place.close()
            loop.stop()
        }
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a function on the loop and returns what it returns.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            loop.perform { continuation.resume(returning: body()) }
        }
    }

    /// Closes all connections that are open.
    package func closeConnections() {
        let place = place
        loop.perform { place.closeConnections() }
    }

    /// Connections open at present.
    package var connections: Int {
        get async {
            let place = place
            return await perform { place.count }
        }
    }
}

/// The connections of a server.
///
/// Confined to the server's loop, but for being made.
private final class Place: @unchecked Sendable {  // see the line above
    private let loop: EventLoop
    private let handler: TestHTTPServer.Handler
    private var listener: Listener?
    private var connections: [Int: TestHTTPConnection] = [:]
    private var last = 0

    init(_ loop: EventLoop, _ handler: @escaping TestHTTPServer.Handler) {
        self.loop = loop
        self.handler = handler
    }

    var count: Int { connections.count }

    func listen(_ address: SocketAddress) throws -> UInt16 {
        let listener = try Listener(address, on: loop, onFailure: { _ in }) {
            [weak self] descriptor, _ in
            self?.take(descriptor)
        }
        self.listener = listener
        return listener.address.port
    }

    private func take(_ descriptor: Int32) {
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
