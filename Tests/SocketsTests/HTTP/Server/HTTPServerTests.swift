import Glibc
import Locking
import Sockets
import TestSupport
import Testing

/// Admission to a server, and its end.
@Suite(.timeLimit(.minutes(10))) struct HTTPServerTests {
    private static let get = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    private func get(_ fields: String) -> String {
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n"
    }

    /// Answers with what is known of the client.
    private static func tellPeer(_ exchange: HTTPExchange) {
        let peer = exchange.peer
        exchange.respond(
            .text(.ok, "\(peer.address.with(port: 1)) \(peer.isForwarded) \(peer.isEncrypted)"))
    }

    @Test func `one connection too many is told so`() async throws {
        for isPerAddress in [true, false] {
            var options = HTTPServer.Options()
            if isPerAddress { options.maxPerAddress = 2 } else { options.maxConnections = 2 }
            let host = try HTTPServerHost(options)
            let clients = [try host.connect(), try host.connect()]
            for client in clients {
                try client.send(Self.get)
                #expect(try await ReceivedResponse(from: client)?.status == 200)
            }
            let more = try host.connect()
            let answer = try #require(try await ReceivedResponse(from: more))
            #expect(answer.status == 503)
            #expect(answer.fields["retry-after"] == "10")
            #expect(answer.fields["content-security-policy"] != nil)
            #expect(try await more.rest() == [])
            clients[0].close()
            while true {
                let next = try host.connect()
                try? next.send(Self.get)
                if try await ReceivedResponse(from: next)?.status == 200 { break }
            }
        }
    }

    @Test func `the bodies of all connections have a bound together`() async throws {
        var options = HTTPServer.Options()
        options.maxBodies = 100_000
        let told = Locked<[String]>([])
        options.onFullBodies = { sentence in told.withLock { $0.append(sentence) } }
        let host = try HTTPServerHost(options)
        func post(_ path: String, _ length: Int) -> String {
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(length)\r\n\r\n"
        }
        func hold(_ count: Int) async {
            while await host.heldBodies() != count { await host.settle() }
        }
        let part = String(repeating: "x", count: 60_000)
        let one = try host.connect()
        try one.send(post("/", 60_001) + part)
        await hold(60_000)
        let two = try host.connect()
        try two.send(post("/", 60_001) + part)
        let refusal = try #require(try await ReceivedResponse(from: two))
        #expect(refusal.status == 503)
        #expect(refusal.fields["retry-after"] == "10")
        #expect(told.withLock { $0 }.first?.contains("answered with 503") == true)
        // The one that was there first goes on, and its bytes count no longer once it is answered.
        await hold(60_000)
        try one.send("x")
        #expect(try await ReceivedResponse(from: one)?.status == 200)
        await hold(0)
        // One alone may have all that its own limit allows, also in chunks.
        try one.send(post("/large", 1 << 20) + String(repeating: "y", count: 1 << 20))
        #expect(try await ReceivedResponse(from: one)?.status == 200)
        await hold(0)
        let chunked = try host.connect()
        try chunked.send(
            "POST /large HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "ea60\r\n\(part)\r\n")
        await hold(60_000)
        chunked.close()
        await hold(0)
    }

    @Test func `with TLS too`() async throws {
        let certificate = try TestCertificate()
        let context = try withExtendedLifetime(certificate) {
            try certificate.files(for: .http1).load()
        }
        var options = HTTPServer.Options()
        options.maxPerAddress = 1
        let host = try HTTPServerHost(options, context, handle: Self.tellPeer)
        let client = try host.connect()
        var settings = TLSEngine.Settings()
        settings.protocols = ["h2", "http/1.1"]
        #expect(try await client.encrypt(settings).chosenProtocol == "http/1.1")
        try client.send(Self.get)
        let answer = try #require(try await ReceivedResponse(from: client))
        #expect(answer.body == "127.0.0.1:1 false true\n")
        #expect(answer.fields["strict-transport-security"] != nil)
        let more = try host.connect()
        try await more.encrypt()
        #expect(try await ReceivedResponse(from: more)?.status == 503)
        client.close()
        await host.wait(for: { true })
    }

    @Test func `other protocols are told so or closed`() async throws {
        let certificate = try TestCertificate()
        let context = try withExtendedLifetime(certificate) {
            try certificate.files(for: .http1).load()
        }
        let host = try HTTPServerHost(HTTPServer.Options(), context)
        let plain = try host.connect()
        try plain.send(Self.get)
        #expect(try await ReceivedResponse(from: plain)?.status == 400)
        let modern = try host.connect()
        var settings = TLSEngine.Settings()
        settings.protocols = ["h2"]
        await #expect(throws: SocketError.self) { try await modern.encrypt(settings) }
        let inPlain = try HTTPServerHost()
        let client = try inPlain.connect()
        try client.send([0x16, 0x03, 0x01])
        #expect(try await ReceivedResponse(from: client)?.status == 400)
    }

    @Test func `a proxy is believed about its clients, and nobody else is`() async throws {
        let fields = "X-Forwarded-For: 192.0.2.1, 203.0.113.7:80\r\nX-Forwarded-Proto: https\r\n"
        let stranger = try HTTPServerHost(handle: Self.tellPeer)
        let client = try stranger.connect()
        try client.send(get(fields))
        #expect(try await ReceivedResponse(from: client)?.body == "127.0.0.1:1 false false\n")
        var options = HTTPServer.Options()
        options.proxies = TrustedProxies(
            ranges: ["127.0.0.1", "10.0.0.0/8"].compactMap { AddressRange($0) })
        options.maxPerAddress = 1
        options.ban = { $0?.ipv4 == 0xCB00_7142 ? "spam" : nil }
        let host = try HTTPServerHost(options, handle: Self.tellPeer)
        var clients: [ChatClient] = []
        for (fields, words) in [
            (fields, "203.0.113.7:1 true true"),
            (
                "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.1.2.3\r\n",
                "203.0.113.7:1 true false"
            ),
            ("X-Forwarded-For: 203.0.113.7, nobody, 10.1.2.3\r\n", "127.0.0.1:1 false false"),
            ("X-Forwarded-For: 10.1.2.3, 10.1.2.4\r\n", "10.1.2.3:1 true false"),
            ("X-Forwarded-For: [2001:db8::1]:80\r\n", "[2001:db8::1]:1 true false"),
            ("X-Forwarded-For: 2001:db8::2\r\n", "[2001:db8::2]:1 true false"),
            ("", "127.0.0.1:1 false false"),
        ] {
            let client = try host.connect()
            try client.send(get(fields))
            let answer = try await ReceivedResponse(from: client)
            #expect(answer?.body == "\(words)\n", "\(fields)")
            #expect(
                (answer?.fields["strict-transport-security"] != nil) == words.hasSuffix("true true")
            )
            clients.append(client)
        }
        try clients[0].send(get("X-Forwarded-For: 203.0.113.66\r\n"))
        #expect(try await ReceivedResponse(from: clients[0])?.status == 403)
    }

    @Test func `what is taken over through a proxy counts for its client`() async throws {
        final class Keeper: EventHandler {
            let taken: TakenOverConnection
            init(_ taken: TakenOverConnection) { self.taken = taken }
            func handle(_ ready: Readiness) { taken.close() }
        }
        var options = HTTPServer.Options()
        options.proxies = TrustedProxies(ranges: [AddressRange("127.0.0.1")].compactMap(\.self))
        options.maxPerAddress = 1
        let host = try HTTPServerHost(options) { $0.takeOver(HTTPResponse(.ok)) { Keeper($0) } }
        func answer(for address: String) async throws -> (ChatClient, Int?) {
            let client = try host.connect()
            try client.send(get("X-Forwarded-For: \(address)\r\n"))
            return (client, try await ReceivedResponse(from: client)?.status)
        }
        let first = try await answer(for: "203.0.113.1")
        #expect(first.1 == 200)
        #expect(try await answer(for: "203.0.113.2").1 == 200)
        #expect(try await answer(for: "203.0.113.1").1 == 503)
        first.0.close()
        while try await answer(for: "203.0.113.1").1 != 200 {}
    }

    @Test func `a server is released on whichever thread`() async throws {
        final class Nobody: HTTPHandler {
            func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission {
                .answer(.text(.notFound, "nothing"))
            }
            func handle(_ exchange: HTTPExchange) {}
        }
        let loop = try EventLoop()
        var server: HTTPServer? = HTTPServer(HTTPServer.Options(), on: loop, handler: Nobody())
        #expect(server?.isStopping == false)
        try loop.start()
        await withCheckedContinuation { continuation in
            loop.perform { continuation.resume() }
        }
        server = nil
        // The loop goes on, without a function that asks what is gone.
        await withCheckedContinuation { continuation in
            loop.perform { continuation.resume() }
        }
        loop.stop()
    }

    @Test func `on loopback another host is refused`() async throws {
        var options = HTTPServer.Options()
        options.hostRule = try HostRule(#require(OriginList(["https://chat.example.org"])))
        let host = try HTTPServerHost(options)
        let client = try host.connect()
        for (name, status) in [
            ("evil.example", 421), ("localhost:80", 200), ("LOCALHOST", 200), ("127.0.0.1", 200),
            ("[::1]:8080", 200), ("chat.example.org", 200), ("localhost.evil.example", 421),
            ("chat.example.org.", 421),
        ] {
            try client.send("GET / HTTP/1.1\r\nHost: \(name)\r\n\r\n")
            #expect(try await ReceivedResponse(from: client)?.status == status, "\(name)")
        }
    }

    @Test func `a page's own origin and those listed may connect`() throws {
        let list = try #require(OriginList(["https://chat.example.org", "http://a:81"]))
        #expect(list.allows(nil, host: "h", isEncrypted: false))
        #expect(list.allows("http://h", host: "h", isEncrypted: false))
        #expect(list.allows("https://H", host: "h:443", isEncrypted: false))
        #expect(list.allows("http://h:8080", host: "h:8080", isEncrypted: false))
        #expect(!list.allows("http://h:8081", host: "h:8080", isEncrypted: false))
        #expect(list.allows("https://chat.example.org:443", host: "h", isEncrypted: false))
        #expect(!list.allows("http://chat.example.org", host: "h", isEncrypted: false))
        #expect(list.allows("http://a:81", host: "h", isEncrypted: false))
        #expect(!list.allows("http://a", host: "h", isEncrypted: false))
        #expect(!list.allows("null", host: "h", isEncrypted: false))
        #expect(list.allows("https://h", host: "h", isEncrypted: true))
        #expect(!list.allows("http://h", host: "h", isEncrypted: true))
        #expect(list.allows("http://a:81", host: "h", isEncrypted: true))
        #expect(!list.allows("http://", host: "", isEncrypted: false))
        for bad in ["chat.example.org", "https://a/b", "ftp://a", "https://", "https://a b"] {
            #expect(OriginList([bad]) == nil)
        }
    }

    @Test func `a server that stops answers what is under way, and closes`() async throws {
        let waiting = Locked<[@Sendable () -> Void]>([])
        let host = try HTTPServerHost { exchange in
            let exchange = exchange
            waiting.withLock { $0.append { exchange.respond(.text(.ok, "late")) } }
        }
        let (client, other, idle) = (try host.connect(), try host.connect(), try host.connect())
        try client.send(Self.get + Self.get)
        try other.send(Self.get)
        await host.wait { waiting.withLock { $0.count == 2 } }
        await host.perform { $0.stop() }
        #expect(try await idle.rest() == [])
        #expect(throws: SocketError.self) { try host.connect() }
        host.loop.perform { waiting.withLock { $0.removeFirst() }() }
        let answer = try #require(try await ReceivedResponse(from: client))
        #expect(answer.body == "late\n" && answer.fields["connection"] == "close")
        #expect(try await client.rest() == [])
        client.close()
        #expect(!host.isClosed.withLock { $0 })
        await host.advance(by: .seconds(5))
        await host.wait { host.isClosed.withLock { $0 } }
        withExtendedLifetime(other) {}
    }

    @Test func `a Unix socket has its mode`() async throws {
        let path = "/tmp/puente-http-\(getpid()).sock"
        var options = HTTPServer.Options()
        options.mode = 0o600
        let host = try HTTPServerHost(
            options, at: try SocketAddress.unix(path: path),
            handle: {
                $0.respond(.text(.ok, "\($0.peer.host == nil) \($0.peer.isSecure)"))
            })
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(result == 0)
        let client = ChatClient(descriptor: descriptor)
        try client.send(Self.get)
        #expect(try await ReceivedResponse(from: client)?.body == "true true\n")
        withExtendedLifetime(host) {}
    }
}
