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
        /// The number of the connection that it came by, counted from 1.
        package let connection: Int
    }

    /// The treatment of a request; may be decided later, on the loop.
    package typealias Handler = (Request, TestHTTPConnection) -> Void

    /// The loop that it runs on.
    package let loop: EventLoop
    /// Its port on 127.0.0.1.
    package let port: UInt16
    private let open: TestHTTPConnections

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - endsAtOnce: whether its side of each connection ends before anything is read.
    ///   - handler: called on the loop for each request, in the order of a connection.
    package init(
        clock: any TimeSource = SystemClock(), port: UInt16 = 0, endsAtOnce: Bool = false,
        handler: sending @escaping Handler
    ) throws {
        loop = try EventLoop(clock: clock)
        open = TestHTTPConnections(loop, endsAtOnce: endsAtOnce, handler)
        guard let address = try SocketAddress.resolve(host: "127.0.0.1", port: port).first else {
            throw SocketError("resolve 127.0.0.1", reason: "nothing was found")
        }
        self.port = try open.listen(address)
        try loop.start(named: "http server")
    }

    deinit {
        let (loop, open) = (loop, open)
        loop.perform {
            open.close()
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
        let open = open
        loop.perform { open.closeConnections() }
    }

    /// Connections open at present.
    package var connections: Int {
        get async {
            let open = open
            return await perform { open.count }
        }
    }
}
