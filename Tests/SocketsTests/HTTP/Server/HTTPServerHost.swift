import Locking
import Sockets
import TestSupport
import Testing

/// A server on a loop whose time the test turns, with a handler that is a function.
///
/// Safe from any thread: the server is touched on the loop only.
final class HTTPServerHost: @unchecked Sendable {
    /// Answers `/refused` before its body, gives `/large` a larger limit, and has a function answer
    /// everything else.
    private final class Handler: HTTPHandler {
        let body: (HTTPExchange) -> Void
        init(_ body: @escaping (HTTPExchange) -> Void) { self.body = body }

        func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission {
            switch head.path {
            case "/refused": .answer(.text(.notFound, "nothing"))
            case "/large": .read(maxBody: 1 << 20)
            default: .read(maxBody: HTTPRequestParser.usualMaxBody)
            }
        }

        func handle(_ exchange: HTTPExchange) { body(exchange) }
    }

    let clock = ManualClock()
    let loop: EventLoop
    let server: HTTPServer
    let port: UInt16
    let isClosed = Locked(false)

    init(
        _ options: HTTPServer.Options = HTTPServer.Options(), _ context: TLSContext? = nil,
        at address: SocketAddress? = nil,
        handle: @escaping (HTTPExchange) -> Void = HTTPServerHost.echo
    ) throws {
        loop = try EventLoop(clock: clock)
        server = HTTPServer(options, on: loop, handler: Handler(handle))
        let loopback = try SocketAddress.resolve(host: "127.0.0.1", port: 0)
        try server.open(at: address.map { [$0] } ?? loopback, context)
        port = try #require(server.addresses.first).port
        server.onClosed = { [weak self] in self?.isClosed.withLock { $0 = true } }
        try loop.start(named: "http server")
    }

    deinit {
        let (loop, server) = (loop, UncheckedBox(server))
        loop.perform {
            server.value.closeAll()
            loop.stop()
        }
    }

    /// Carries what is touched on the loop only.
    private struct UncheckedBox<Value>: @unchecked Sendable {  // see above
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Answers with the path and the body.
    static func echo(_ exchange: HTTPExchange) {
        let body = String(decoding: exchange.body.prefix(20), as: UTF8.self)
        exchange.respond(.text(.ok, "\(exchange.head) \(exchange.body.count) \(body)"))
    }

    /// Returns the bytes of bodies that the server's connections hold.
    func heldBodies() async -> Int {
        let server = UncheckedBox(server)
        return await withCheckedContinuation { continuation in
            loop.perform { continuation.resume(returning: server.value.heldBodies) }
        }
    }

    func connect() throws -> ChatClient { try ChatClient(port: port) }

    /// Returns when the loop has done what was to be done.
    func settle() async {
        for _ in 0..<3 {
            await withCheckedContinuation { continuation in
                loop.perform { continuation.resume() }
            }
        }
    }

    func advance(by duration: Duration) async {
        clock.advance(by: duration)
        loop.clockHasChanged()
        await settle()
    }

    /// Runs a function on the loop.
    func perform<Value: Sendable>(_ body: @escaping @Sendable (HTTPServer) -> Value) async -> Value
    {
        await withCheckedContinuation { continuation in
            loop.perform { [self] in continuation.resume(returning: body(server)) }
        }
    }

    /// Returns when a condition holds, which the loop will have come true.
    func wait(for condition: @escaping @Sendable () -> Bool) async {
        await pollUntil {
            if condition() { return true }
            await settle()
            return false
        }
    }
}
