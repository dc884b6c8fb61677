/// An unencrypted HTTP server with an address of its own, for routes that no web bridge serves.
///
/// Its owner keeps it until `close()` returns. Safe from any thread.
public final class HTTPRouteServer: Sendable {
    /// The addresses it listens on.
    public let addresses: [SocketAddress]
    private let loop: EventLoop
    private let server: ClosableServer

    /// Connections at a time: each may fill a body's memory, whoever it is from.
    private static let maxConnections = 256
    /// Connections at a time from one address.
    private static let maxPerAddress = 64

    private init(_ server: HTTPServer, on loop: EventLoop) {
        addresses = server.addresses
        self.server = ClosableServer(server)
        self.loop = loop
    }

    /// Listens on addresses, at one port, and answers with the routes that are given to a name.
    ///
    /// - Parameters:
    ///   - addresses: for instance of `SocketAddress.resolve(host:port:)`.
    ///   - name: the server's name in `loop.routes`; one that no other server has.
    ///   - onFailure: called, perhaps often, if connections can't be accepted for a while.
    ///   - onFullBodies: called, perhaps often, with a sentence, if requests are refused because
    ///     all of them together have too many bytes.
    /// - Throws: `SocketError` if an address is taken or none of them exists on this machine.
    public static func open(
        at addresses: [SocketAddress], named name: String, on loop: EventLoop,
        onFailure: @escaping @Sendable (SocketError) -> Void = { _ in },
        onFullBodies: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> HTTPRouteServer {
        try await withCheckedThrowingContinuation { continuation in
            loop.perform {
                let router = HTTPRouter { .text($0.status, $0.reason) }
                router.add(routesOf: name, from: loop)
                var options = HTTPServer.Options()
                options.onFailure = onFailure
                options.onFullBodies = onFullBodies
                options.maxConnections = maxConnections
                options.maxPerAddress = maxPerAddress
                let server = HTTPServer(options, on: loop, handler: router)
                continuation.resume(
                    with: Result {
                        try server.open(at: addresses)
                        return HTTPRouteServer(server, on: loop)
                    })
            }
        }
    }

    /// Stops listening, and returns when the requests under way are answered; at once if it is
    /// closed.
    public func close() async {
        await withCheckedContinuation { continuation in
            loop.perform { [server] in server.close { continuation.resume() } }
        }
    }
}

/// A server with the tasks that wait for its end.
///
/// Owned by its `HTTPRouteServer`. Confined to the loop.
private final class ClosableServer: @unchecked Sendable {  // touched on the loop only
    private let server: HTTPServer
    private var isClosed = false
    /// The calls to make when it is closed.
    private var waiters: [() -> Void] = []

    init(_ server: HTTPServer) { self.server = server }

    /// Stops the server, and makes a call when it is closed.
    func close(then done: @escaping () -> Void) {
        server.loop.assertOwned()
        if isClosed { return done() }
        waiters.append(done)
        server.onClosed = { self.finish() }
        server.stop()
    }

    private func finish() {
        isClosed = true
        let done = waiters
        waiters = []
        for call in done { call() }
    }
}
