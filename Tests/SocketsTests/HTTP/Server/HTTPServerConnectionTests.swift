import Locking
import Sockets
import TestSupport
import Testing

/// Requests on a connection, and what becomes of it.
@Suite(.timeLimit(.minutes(10))) struct HTTPServerConnectionTests {
    private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    private func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"
    }

    private func post(_ path: String, _ fields: String, _ body: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\(body)"
    }

    @Test func `requests on one connection are answered in order, with all that protects a page`()
        async throws
    {
        let host = try HTTPServerHost()
        let client = try host.connect()
        try client.send(get("/1") + post("/2", "Content-Length: 5\r\n", "hello") + get("/3"))
        for words in ["GET /1 0 ", "POST /2 5 hello", "GET /3 0 "] {
            let answer = try #require(try await ReceivedResponse(from: client))
            #expect(answer.status == 200)
            #expect(answer.body == "\(words)\n")
            #expect(answer.fields["connection"] == nil)
            #expect(answer.fields["date"] == "Wed, 01 Jan 2025 00:00:00 GMT")
            #expect(answer.fields["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.fields["cache-control"] == "no-store")
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["referrer-policy"] == "no-referrer")
            #expect(answer.fields["cross-origin-opener-policy"] == "same-origin")
            #expect(answer.fields["strict-transport-security"] == nil)
            let policy = try #require(answer.fields["content-security-policy"])
            #expect(policy.contains("default-src 'self'") && !policy.contains("unsafe"))
            #expect(policy.contains("frame-ancestors 'none'"))
        }
    }

    @Test func `a body may come byte by byte, and in chunks`() async throws {
        let host = try HTTPServerHost()
        let client = try host.connect()
        let text = post("/", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        for byte in text.utf8 {
            try client.send([byte])
            await host.settle()
        }
        #expect(try await ReceivedResponse(from: client)?.body == "POST / 5 abcde\n")
    }

    @Test func `HEAD is answered without a body, and HTTP 1_0 with a close`() async throws {
        let host = try HTTPServerHost()
        let client = try host.connect()
        try client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/b"))
        let head = try #require(try await ReceivedResponse(from: client, isHead: true))
        #expect(head.fields["content-length"] == "11")
        #expect(try await ReceivedResponse(from: client)?.body == "GET /b 0 \n")
        try client.send("GET /c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try await ReceivedResponse(from: client)?.fields["connection"] == "keep-alive")
        try client.send("GET /d HTTP/1.0\r\n\r\n" + get("/never"))
        #expect(try await ReceivedResponse(from: client)?.fields["connection"] == "close")
        #expect(try await client.rest() == [])
    }

    @Test func `a client that waits is told to go on, unless the body is refused`() async throws {
        let host = try HTTPServerHost()
        let client = try host.connect()
        try client.send(post("/", "Content-Length: 2\r\nExpect: 100-continue\r\n"))
        #expect(try await client.lines(2) == ["HTTP/1.1 100 Continue\r", "\r"])
        try client.send("ab")
        #expect(try await ReceivedResponse(from: client)?.body == "POST / 2 ab\n")
        try client.send(post("/", "Content-Length: 65537\r\nExpect: 100-continue\r\n"))
        #expect(try await ReceivedResponse(from: client)?.status == 413)
        #expect(try await client.rest() == [])
        let other = try host.connect()
        try other.send(post("/refused", "Content-Length: 2\r\nExpect: 100-continue\r\n"))
        let answer = try #require(try await ReceivedResponse(from: other))
        #expect(answer.status == 404 && answer.fields["connection"] == "close")
        #expect(try await other.rest() == [])
    }

    @Test func `a path may have another limit, and an early answer without a body keeps going`()
        async throws
    {
        let host = try HTTPServerHost()
        let client = try host.connect()
        let body = String(repeating: "x", count: 100_000)
        try await client.sendMuch(
            Array(post("/large", "Content-Length: 100000\r\n", body).utf8))
        let answer = try await ReceivedResponse(from: client)
        #expect(answer?.body.hasPrefix("POST /large 100000 xxx") == true)
        try client.send(get("/refused") + get("/b"))
        #expect(try await ReceivedResponse(from: client)?.status == 404)
        #expect(try await ReceivedResponse(from: client)?.body == "GET /b 0 \n")
    }

    @Test func `what can't be read is refused once, and the connection closes`() async throws {
        let host = try HTTPServerHost()
        let client = try host.connect()
        try client.send(get("/1") + "GET / HTTP/1.1\r\nHost : h\r\n\r\n" + get("/2"))
        #expect(try await ReceivedResponse(from: client)?.status == 200)
        let answer = try #require(try await ReceivedResponse(from: client))
        #expect(answer.status == 400)
        #expect(answer.fields["connection"] == "close")
        #expect(answer.fields["x-content-type-options"] == "nosniff")
        #expect(try await client.rest() == [])
    }

    @Test func `a header and each pause in a body have ten seconds, and silence a minute`()
        async throws
    {
        let host = try HTTPServerHost()
        let (header, body, idle) = (try host.connect(), try host.connect(), try host.connect())
        try idle.send(get("/"))
        _ = try await ReceivedResponse(from: idle)
        try header.send("GET / HTT")
        try body.send(post("/", "Content-Length: 4\r\n", "a"))
        await host.settle()
        await host.advance(by: .seconds(9))
        try header.send("P/1.1\r\n")
        try body.send("b")
        await host.settle()
        await host.advance(by: .milliseconds(1_001))
        #expect(try await ReceivedResponse(from: header)?.status == 408)
        #expect(try await header.rest() == [])
        await host.advance(by: .milliseconds(7_998))
        try body.send("c")
        await host.settle()
        await host.advance(by: .milliseconds(10_001))
        #expect(try await ReceivedResponse(from: body)?.status == 408)
        #expect(try await body.rest() == [])
        for _ in 0..<3 { await host.advance(by: .seconds(9)) }
        try idle.send(get("/again"))
        #expect(try await ReceivedResponse(from: idle)?.body == "GET /again 0 \n")
        for _ in 0..<7 { await host.advance(by: .seconds(9)) }
        #expect(try await idle.rest() == [])
    }

    @Test func `a body that comes byte by byte is waited for for a minute`() async throws {
        let host = try HTTPServerHost()
        let client = try host.connect()
        try client.send(post("/", "Content-Length: 100\r\n", ""))
        for _ in 0..<7 {
            try client.send("a")
            await host.settle()
            await host.advance(by: .milliseconds(8_400))
        }
        try client.send("a")
        await host.settle()
        await host.advance(by: .milliseconds(1_300))
        #expect(try await ReceivedResponse(from: client)?.status == 408)
        #expect(try await client.rest() == [])
    }

    @Test func `an answer may come late, and what follows waits for it`() async throws {
        let waiting = Locked<[@Sendable () -> Void]>([])
        let host = try HTTPServerHost { exchange in
            if exchange.head.path != "/late" { return HTTPServerHost.echo(exchange) }
            let exchange = exchange
            waiting.withLock { $0.append { exchange.respond(.text(.ok, "late")) } }
        }
        let client = try host.connect()
        try client.send(get("/late") + get("/b") + get("/late") + get("/c"))
        client.finishSending()
        for after in ["b", "c"] {
            await host.wait { waiting.withLock { !$0.isEmpty } }
            await host.advance(by: .seconds(1_000))
            host.loop.perform { waiting.withLock { $0.popLast() }?() }
            #expect(try await ReceivedResponse(from: client)?.body == "late\n")
            #expect(try await ReceivedResponse(from: client)?.body == "GET /\(after) 0 \n")
        }
        #expect(try await client.rest() == [])
    }

    @Test func `the handler is told that a client has gone`() async throws {
        let isThere = Locked(false)
        let isGone = Locked(false)
        let host = try HTTPServerHost { exchange in
            let kept = exchange
            exchange.onCancel = {
                isGone.withLock { $0 = true }
                kept.respond(.text(.ok, "nobody reads this"))
            }
            isThere.withLock { $0 = true }
        }
        let client = try host.connect()
        try client.send(get("/"))
        await host.wait { isThere.withLock { $0 } }
        client.reset()
        await host.wait { isGone.withLock { $0 } }
    }

    @Test func `a client that reads nothing is closed, and one that reads gets everything`()
        async throws
    {
        let large = [UInt8](repeating: 0x78, count: 8 << 20)
        var options = HTTPServer.Options()
        options.stalledAfter = .seconds(20)
        let host = try HTTPServerHost(options) { exchange in
            // The kernel resets by its own clock whoever reads slowly: what is read is short.
            let count = exchange.head.path == "/" ? large.count : 64 << 10
            exchange.respond(HTTPResponse(.ok, body: large.prefix(count) + [10]))
        }
        let reader = try host.connect()
        try reader.send(get("/short"))
        #expect(try await ReceivedResponse(from: reader)?.body.utf8.count == (64 << 10) + 1)
        let client = try ChatClient(port: host.port, receiveBuffer: 4_096)
        try client.send(Self.get + Self.get)
        await host.settle()
        for _ in 0..<5 { await host.advance(by: .seconds(9)) }
        await #expect(throws: SocketError.self) {
            while try await client.line() != nil {}
            throw SocketError("read", reason: "ended in the middle")
        }
    }

    @Test func `a connection may be taken over with what has come behind the request`()
        async throws
    {
        /// Sends back what it gets, in upper case, until `.`.
        final class Shouter: EventHandler {
            let taken: TakenOverConnection
            init(_ taken: TakenOverConnection) {
                self.taken = taken
                taken.received.withUnsafeBytes { shout($0) }
            }
            func handle(_ ready: Readiness) {
                withUnsafeTemporaryAllocation(byteCount: 100, alignment: 1) { buffer in
                    switch taken.connection.receive(into: buffer) {
                    case .bytes(let count):
                        shout(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    case .end, .failed: taken.close()
                    case .wouldBlock: break
                    }
                }
            }
            func shout(_ bytes: UnsafeRawBufferPointer) {
                let text = String(decoding: bytes, as: UTF8.self).uppercased()
                _ = Array(text.utf8).withUnsafeBytes { taken.connection.send($0) }
                if text.contains(".") { taken.closeWhenRead() }
            }
        }
        let host = try HTTPServerHost { exchange in
            if exchange.head.path == "/" { return HTTPServerHost.echo(exchange) }
            let isUpgrade = exchange.head.path == "/upgrade"
            let response = HTTPResponse(isUpgrade ? .switchingProtocols : .ok)
            exchange.takeOver(response.adding("Upgrade", "shout")) { Shouter($0) }
        }
        for path in ["/upgrade", "/stream"] {
            let client = try host.connect()
            try client.send(Self.get + get(path) + "hola\n")
            #expect(try await ReceivedResponse(from: client)?.body == "GET / 0 \n")
            let answer = try #require(try await ReceivedResponse(from: client))
            #expect(answer.status == (path == "/upgrade" ? 101 : 200))
            #expect(answer.fields["connection"] == (path == "/upgrade" ? "Upgrade" : "close"))
            #expect(answer.fields["content-length"] == nil)
            #expect(try await client.line() == "HOLA")
            try client.send("adiós.\n")
            #expect(try await client.rest() == ["ADIÓS."])
        }
        await host.perform { $0.stop() }
        await host.wait { host.isClosed.withLock { $0 } }
    }
}
