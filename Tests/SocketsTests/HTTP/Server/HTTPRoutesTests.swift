import TestSupport
import Testing

@testable import Sockets

/// Paths of a server that somebody else answers.
@Suite(.timeLimit(.minutes(10))) struct HTTPRoutesTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop()
        try loop.start(named: "routes")
    }

    private func open() async throws -> HTTPRouteServer {
        let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: 0)
        return try await HTTPRouteServer.open(at: addresses, named: "hooks", on: loop)
    }

    /// Returns the status and the last line of the answer to a request.
    private func ask(_ server: HTTPRouteServer, _ request: String) async throws -> String {
        let client = try ChatClient(port: try #require(server.addresses.first).port)
        try client.send(request)
        let lines = try await client.rest()
        let status = try #require(lines.first).split(separator: " ")[1]
        return "\(status) \(lines.last ?? "")"
    }

    private static func post(_ path: String, _ body: String = "{}", method: String = "POST")
        -> String
    {
        """
        \(method) \(path) HTTP/1.1\r
        Host: x\r
        X-Proof: a\r
        x-proof: b\r
        Connection: close\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """
    }

    @Test func `a route is answered by whoever gave it, as long as it is there`() async throws {
        let server = try await open()
        let route = HTTPRoute("hooks/one", maxBody: 100) { request in
            let fields = [request.field("X-Proof"), request.field("none"), request.query]
            let text = String(decoding: request.body, as: UTF8.self)
            request.answer(
                HTTPRouteAnswer(
                    201, "\(text) \(fields.map { $0 ?? "-" }) \(request.isLocal) \(request.path)"))
        }
        #expect(loop.routes.add(route, to: "hooks"))
        #expect(!loop.routes.add(route, to: "hooks"))
        #expect(loop.routes.add(route, to: "elsewhere"))
        #expect(
            try await ask(server, Self.post("/hooks/on%65?q=1", "hola"))
                == "201 hola [\"a, b\", \"-\", \"q=1\"] true hooks/one")
        #expect(try await ask(server, Self.post("/hooks/two")).hasPrefix("404"))
        #expect(try await ask(server, Self.post("/hooks/one", method: "PUT")).hasPrefix("405"))
        let large = String(repeating: "a", count: 101)
        #expect(try await ask(server, Self.post("/hooks/one", large)).hasPrefix("413"))
        loop.routes.remove("hooks/one", from: "hooks")
        #expect(try await ask(server, Self.post("/hooks/one")).hasPrefix("404"))
        await server.close()
    }

    @Test func `each of several calls of close returns`() async throws {
        let server = try await open()
        async let first: Void = server.close()
        async let second: Void = server.close()
        _ = await (first, second)
        await server.close()
    }

    @Test func `a request that nobody answers is answered with 503`() async throws {
        let server = try await open()
        _ = loop.routes.add(HTTPRoute("lost") { _ in }, to: "hooks")
        #expect(try await ask(server, Self.post("/lost")).hasPrefix("503"))
        await server.close()
    }
}
