import Sockets
import TestSupport
import Testing

@testable import Sockets

/// A client and a server, each on a loop of its own.
private final class HTTPFixture: Sendable {
    let loop: EventLoop
    let clock = ManualClock()
    let client: HTTPClient
    let server: TestHTTPServer

    init(endsAtOnce: Bool = false, handler: sending @escaping TestHTTPServer.Handler) throws {
        loop = try EventLoop(clock: clock)
        client = try HTTPClient(on: loop)
        server = try TestHTTPServer(endsAtOnce: endsAtOnce, handler: handler)
        try loop.start(named: "client")
    }

    deinit { loop.stop() }

    func get(_ path: String, _ change: (inout HTTPRequest) -> Void = { _ in }) async throws
        -> HTTPAnswer
    {
        var request = HTTPRequest("\(server.url)\(path)")
        change(&request)
        return try await client.send(request)
    }

    func error(
        _ path: String = "/secret", _ change: (inout HTTPRequest) -> Void = { _ in }
    ) async -> HTTPError? {
        do {
            _ = try await get(path, change)
            return nil
        } catch {
            return error as? HTTPError
        }
    }

    func advance(by duration: Duration) {
        clock.advance(by: duration)
        loop.clockHasChanged()
    }
}

@Suite(.timeLimit(.minutes(10))) struct HTTPClientTests {
    @Test func `further fields are sent as they are, and none that could be two`() async throws {
        let fixture = try HTTPFixture { request, connection in
            connection.answer(
                "\(request.headers["x-a"] ?? "-") \(request.headers["x-b"] ?? "-")")
        }
        let answer = try await fixture.get("/") { $0.headers = [("X-A", "a: b"), ("X-B", "")] }
        #expect(String(decoding: answer.body, as: UTF8.self) == "a: b ")
        let bad = [("X-A", "a\r\nX-B: b"), ("X A", "a"), ("", "a"), ("X:A", "a"), ("X-A", "\0")]
        for header in bad {
            let error = await fixture.error { $0.headers = [header] }
            #expect(error?.kind == .refused, "\(header)")
        }
    }

    @Test func `a long answer is cut, where that is wanted`() async throws {
        let fixture = try HTTPFixture { _, connection in
            connection.answer(String(repeating: "x", count: 1 << 20))
        }
        let answer = try await fixture.get("/") {
            $0.maxAnswerBytes = 1_000
            $0.cutsLongAnswer = true
        }
        #expect(answer.status == 200)
        #expect(answer.body.count == 1_000)
        #expect(await fixture.error { $0.maxAnswerBytes = 1_000 }?.kind == .tooLong)
    }

    @Test func `in plain nothing leaves this machine, where that is wanted`() async throws {
        let fixture = try HTTPFixture { _, connection in connection.answer("here") }
        _ = try await fixture.get("/") { $0.isPlainOnlyToLoopback = true }
        for text in ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"] {
            #expect(SocketAddress.isLoopback(text), "\(text)")
        }
        for text in ["192.0.2.1", "::", "::2", "::ffff:192.0.2.1", "fe80::1", "localhost", ""] {
            #expect(!SocketAddress.isLoopback(text), "\(text)")
        }
    }

    @Test func `an answer comes with its status and body, whatever the status`() async throws {
        let fixture = try HTTPFixture { request, connection in
            let body = String(decoding: request.body, as: UTF8.self)
            let type = request.headers["content-type"] ?? "-"
            connection.answer(
                "\(request.method) \(request.path) \(type) \(body)", status: 429, type: "text/x",
                headers: ["Retry-After": "7"])
        }
        let asked = try await fixture.get("/a?b=c")
        #expect(asked.status == 429)
        #expect(asked.contentType == "text/x")
        #expect(asked.retryAfter == .seconds(7))
        #expect(String(decoding: asked.body, as: UTF8.self) == "GET /a?b=c - ")
        let posted = try await fixture.get("/a") { $0.body = Array("{}".utf8) }
        #expect(String(decoding: posted.body, as: UTF8.self) == "POST /a application/json {}")
        let empty = try await fixture.get("/a") { $0.body = [] }
        #expect(String(decoding: empty.body, as: UTF8.self) == "POST /a application/json ")
    }

    @Test func `a connection is used again, and never by two at a time`() async throws {
        let waiting = Waiting()
        let fixture = try HTTPFixture { request, connection in
            if request.path == "/wait" {
                waiting.connections.append(connection)
                waiting.number = "\(request.connection)"
            } else {
                connection.answer("\(request.connection)")
            }
        }
        /// Returns the number of a connection that came into use twice in a row. On a busy machine
        /// one may grow too old between two requests, but not each time.
        func usedAgain() async throws -> String? {
            var last: String?
            for _ in 0..<50 {
                let number = String(decoding: try await fixture.get("/").body, as: UTF8.self)
                if number == last { return number }
                last = number
            }
            return nil
        }
        #expect(try await usedAgain() != nil)
        let first = Task { try await fixture.get("/wait") }
        await pollUntil { await !fixture.server.perform({ waiting.connections.isEmpty }) }
        let busy = await fixture.server.perform { waiting.number }
        let other = try #require(try await usedAgain())
        #expect(other != busy)
        let fresh = try await fixture.get("/") { $0.wantsFreshConnection = true }
        #expect(![busy, other].contains(String(decoding: fresh.body, as: UTF8.self)))
        await fixture.server.perform { waiting.connections.first?.answer("late") }
        #expect(String(decoding: try await first.value.body, as: UTF8.self) == "late")
    }

    @Test func `the deadline ends a request that hangs, and nothing is left behind`() async throws {
        let waiting = Waiting()
        let fixture = try HTTPFixture { waiting.connections.append($1) }
        let hanging = Task { await fixture.error { $0.deadline = .seconds(10) } }
        await pollUntil { await !fixture.server.perform({ waiting.connections.isEmpty }) }
        fixture.advance(by: .seconds(9))
        #expect(await fixture.client.pendingCount == 1)
        fixture.advance(by: .seconds(1))
        let error = await hanging.value
        #expect(error?.kind == .timedOut)
        #expect(error?.mayHaveArrived == true)
        #expect(error?.description == "no answer within 10.0 seconds")
        #expect(await fixture.client.pendingCount == 0)
        await pollUntil { await fixture.server.connections == 0 }
    }

    @Test func `cancelling the task closes the connection`() async throws {
        let waiting = Waiting()
        let fixture = try HTTPFixture { waiting.connections.append($1) }
        let hanging = Task { await fixture.error() }
        await pollUntil { await !fixture.server.perform({ waiting.connections.isEmpty }) }
        hanging.cancel()
        #expect(await hanging.value?.kind == .cancelled)
        await pollUntil { await fixture.server.connections == 0 }
        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await fixture.error()
        }
        #expect(await before.value?.kind == .cancelled)
    }

    @Test func `errors say whether the request may have arrived`() async throws {
        let fixture = try HTTPFixture { request, connection in
            switch request.path {
            case "/close": connection.close()
            case "/head": connection.answerHalfAHead()
            case "/body": connection.answerHalf("0123456789")
            case "/nonsense": connection.send("SSH-2.0\r\n", thenClose: true)
            case "/redirect": connection.answer("", status: 302, headers: ["Location": "/close"])
            default: connection.answer("fine")
            }
        }
        for path in ["/close", "/head", "/body", "/nonsense"] {
            let error = await fixture.error(path)
            #expect(error?.kind == .broken, "\(path)")
            #expect(error?.mayHaveArrived == true, "\(path)")
        }
        #expect(try await fixture.get("/redirect").status == 302)
        let long = await fixture.error("/long") { $0.maxAnswerBytes = 3 }
        #expect(long?.kind == .tooLong)
    }

    @Test func `a packed answer is unpacked, and counted as that`() async throws {
        // gzip of {"ok":true}, and of 100,000 times x.
        let small: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 207, 86, 178, 42, 41, 42, 77, 173, 5, 0,
            144, 95, 212, 167, 11, 0, 0, 0,
        ]
        let large: [UInt8] =
            [
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 218, 139, 111,
                13,
            ]
            + [15, 160] + Array(repeating: 0, count: 96) + [
                128, 87, 3, 113, 17, 7, 254, 160, 134, 1,
            ]
            + [0]
        let fixture = try HTTPFixture { request, connection in
            let accepts = request.headers["accept-encoding"]?.contains("gzip") == true
            let body = request.path == "/small" ? small : large
            connection.send(
                """
                HTTP/1.1 \(accepts ? 200 : 406) Status\r\nContent-Encoding: gzip\r\n\
                Content-Length: \(body.count)\r\n\r\n
                """)
            connection.send(body, thenClose: true)
        }
        let answer = try await fixture.get("/small")
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "{\"ok\":true}")
        #expect(try await fixture.get("/large").body.count == 100_000)
        #expect(await fixture.error("/large") { $0.maxAnswerBytes = 99_999 }?.kind == .tooLong)
    }

    @Test func `an answer in chunks may have a trailer`() async throws {
        let fixture = try HTTPFixture { request, connection in
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n"
            let chunks = "6\r\nHTTP/1\r\n1\r\n!\r\n0\r\n"
            let isWhole = request.path == "/whole"
            connection.send(
                head + chunks + "Sum: 7\r\n" + (isWhole ? "\r\n" : ""), thenClose: !isWhole)
        }
        let answer = try await fixture.get("/whole")
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "HTTP/1!")
        let error = await fixture.error("/cut") { $0.wantsFreshConnection = true }
        #expect(error?.kind == .broken)
        #expect(error?.mayHaveArrived == true)
    }

    @Test func `a server that closes instead of speaking TLS has seen nothing`() async throws {
        let fixture = try HTTPFixture(endsAtOnce: true) { $1.close() }
        let address = "https://127.0.0.1:\(fixture.server.port)/SECRET"
        let error = await #expect(throws: HTTPError.self) {
            _ = try await fixture.client.send(HTTPRequest(address))
        }
        #expect(error?.kind == .unreachable)
        #expect(error?.mayHaveArrived == false)
        #expect(error?.description == "SSL connect error")
    }

    @Test func `a kept connection that breaks is told, not tried again in silence`() async throws {
        let requests = Waiting()
        let fixture = try HTTPFixture { request, connection in
            requests.paths.append(request.path)
            if request.path == "/break" { connection.close() } else { connection.answer("fine") }
        }
        _ = try await fixture.get("/first")
        let error = await fixture.error("/break") { $0.body = [1] }
        #expect(error?.kind == .broken)
        #expect(error?.mayHaveArrived == true)
        #expect(await fixture.server.perform { requests.paths } == ["/first", "/break"])
        #expect(try await fixture.get("/again").status == 200)
    }

    @Test func `no server, no such protocol, no such host: nothing has left`() async throws {
        let fixture = try HTTPFixture { $1.close() }
        for (url, kind) in [
            ("http://127.0.0.1:1/bot123:SECRET/x", HTTPError.Kind.unreachable),
            ("file:///etc/passwd", .refused), ("ftp://127.0.0.1/SECRET", .refused),
            ("http://[SECRET", .refused),
        ] {
            do {
                _ = try await fixture.client.send(HTTPRequest(url))
                Issue.record("\(url) was answered")
            } catch let error as HTTPError {
                #expect(error.kind == kind, "\(url): \(error)")
                #expect(!error.mayHaveArrived)
                #expect(!"\(error) \(String(reflecting: error))".contains("SECRET"))
            }
        }
    }
}

/// The state of a test's server, on its loop.
private final class Waiting: @unchecked Sendable {  // touched on the server's loop only
    var connections: [TestHTTPConnection] = []
    var paths: [String] = []
    /// The number of the connection that waits.
    var number = ""
}
