import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

/// The way of a connection to its protocol: headers from proxies, handshakes, and those that do not
/// arrive.
@Suite(.timeLimit(.minutes(10))) struct ArrivalsTests {
    /// The end of a way, in words.
    private typealias Result = String

    /// An owner that lets in everybody but one address, and writes down what becomes of all.
    private final class Owner: ArrivalOwner, Sendable {
        let results = Locked<[Result]>([])

        func identify(_ client: SocketAddress, isNamed: Bool) -> Bool {
            "\(client)" != "203.0.113.66:1"
        }

        func admit(_ arrival: Arrival) {
            let words = [
                "\(arrival.address)", arrival.isProxied ? "proxied" : "",
                arrival.session == nil ? "plain" : "TLS", arrival.isSecure ? "secure" : "insecure",
            ]
            results.withLock { $0.append(words.filter { !$0.isEmpty }.joined(separator: " ")) }
            _ = arrival.session?.finish()
            close(arrival.descriptor)
        }

        func end(
            _ descriptor: Int32, client: SocketAddress?, peer: SocketAddress,
            _ failure: ArrivalFailure
        ) {
            results.withLock { $0.append("\(failure) of \(client.map { "\($0)" } ?? "nobody")") }
            close(descriptor)
        }
    }

    /// Carries what is touched on the loop only.
    private struct UncheckedBox<Value>: @unchecked Sendable {  // see above
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    /// A loop with arrivals, whose time the test turns.
    ///
    /// Safe from any thread: the arrivals are touched on the loop only.
    private final class Host: @unchecked Sendable {
        let clock = ManualClock()
        let loop: EventLoop
        let owner = Owner()
        private let arrivals: Arrivals

        init(_ context: TLSContext? = nil, proxies: [String] = ["192.0.2.1"]) async throws {
            let loop = try EventLoop(clock: clock)
            self.loop = loop
            arrivals = try Arrivals(
                from: TrustedProxies(
                    ranges: proxies.compactMap { AddressRange($0) },
                    containsUnix: proxies.contains("unix")), context, on: loop, owner: owner)
            try loop.start()
        }

        deinit {
            let (loop, arrivals, owner) = (loop, UncheckedBox(arrivals), owner)
            loop.perform {
                arrivals.value.close()
                loop.stop()
                withExtendedLifetime(owner) {}
            }
        }

        /// A connection from an address, and the client's end of it.
        func connect(from address: String) throws -> ChatClient {
            var ends: [Int32] = [-1, -1]
            let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SocketError("socketpair") }
            let (server, far) = (ends[0], ends[1])
            _ = fcntl(server, F_SETFL, O_NONBLOCK)
            let peer =
                try address == "unix"
                ? SocketAddress.unix(path: "/x")
                : #require(SocketAddress.ipBytes(address).flatMap { SocketAddress.ip($0, port: 9) })
            loop.perform { [self] in arrivals.begin(server, from: peer) }
            return ChatClient(descriptor: far)
        }

        /// A connection by an address of this machine from that very address; the client's end of
        /// it.
        func connect(by bytes: [UInt8]) throws -> ChatClient {
            let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            let (listener, client) = (socket(AF_INET, type, 0), socket(AF_INET, type, 0))
            defer { close(listener) }
            let wanted = try #require(SocketAddress.ip(bytes, port: 0))
            guard wanted.withPointer({ bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0
            else { throw SocketError("listen") }
            let address = SocketAddress.read { getsockname(listener, $0, $1) }.0
            guard address.withPointer({ Glibc.connect(client, $0, $1) }) == 0 else {
                throw SocketError("connect")
            }
            let (peer, server) = SocketAddress.read { accept(listener, $0, $1) }
            _ = fcntl(server, F_SETFL, O_NONBLOCK)
            loop.perform { [self] in arrivals.begin(server, from: peer) }
            return ChatClient(descriptor: client)
        }

        /// Returns when so many connections have arrived or ended, with what became of them.
        func results(_ count: Int) async -> [Result] {
            while true {
                let results = owner.results.withLock { $0 }
                if results.count >= count { return results }
                await settle()
            }
        }

        func settle() async {
            for _ in 0..<2 {
                await withCheckedContinuation { continuation in
                    loop.perform { continuation.resume() }
                }
            }
        }

        func advance(by duration: Duration) {
            clock.advance(by: duration)
            loop.clockHasChanged()
        }

        func closeOldest(isPatient: Bool) async -> Bool {
            await withCheckedContinuation { continuation in
                loop.perform { [self] in
                    continuation.resume(returning: arrivals.closeOldest(isPatient: isPatient))
                }
            }
        }
    }

    private static let header = "PROXY TCP4 198.51.100.7 192.0.2.9 4711 2000\r\n"
    private let context: TLSContext

    init() throws {
        let certificate = try TestCertificate()
        context = try withExtendedLifetime(certificate) { try certificate.files.load() }
    }

    @Test func `without proxies and TLS a connection arrives at once`() async throws {
        let host = try await Host()
        for address in ["203.0.113.5", "127.0.0.1", "::1", "unix"] {
            _ = try host.connect(from: address)
        }
        #expect(
            await host.results(4) == [
                "203.0.113.5:9 plain insecure", "127.0.0.1:9 plain secure", "[::1]:9 plain secure",
                "unix:/x plain secure",
            ])
    }

    @Test func `a connection from this machine is secure by each of its addresses`() async throws {
        let host = try await Host()
        let own = SocketAddress.hostsOfThisMachine.compactMap(\.ipv4)
        #expect(own.contains { $0 >> 24 == 127 })
        for (count, address) in own.enumerated() {
            let bytes = withUnsafeBytes(of: address.bigEndian) { Array($0) }
            _ = try host.connect(by: bytes)
            #expect(await host.results(count + 1).last?.hasSuffix(" plain secure") == true)
        }
    }

    @Test func `a proxy names the client, in pieces of any size`() async throws {
        let host = try await Host()
        let bytes = Array(Self.header.utf8)
        for cut in 1..<bytes.count {
            let client = try host.connect(from: "192.0.2.1")
            try client.sendAsIs(Array(bytes[..<cut]))
            await host.settle()
            try client.sendAsIs(Array(bytes[cut...]))
            #expect(
                await host.results(cut).last == "198.51.100.7:4711 proxied plain insecure", "\(cut)"
            )
        }
    }

    @Test func `a connection by a proxy is as secure as the proxy says, or is itself`() async throws
    {
        let host = try await Host(proxies: ["192.0.2.1", "127.0.0.1", "unix"])
        func second(_ client: UInt8?) -> [UInt8] {
            let address: [UInt8] = [198, 51, 100, 7, 192, 0, 2, 9, 0, 1, 0, 2]
            var part: [UInt8] = []
            if let client { part = [0x20, 0, 5, client, 0, 0, 0, 0] }
            let count = UInt8(address.count + part.count)
            let head: [UInt8] = [0x21, 0x11, 0, count]
            return ProxyHeaderParser.signature + head + address + part
        }
        var count = 0
        let cases: [(from: String, client: UInt8?, isSecure: Bool)] = [
            ("192.0.2.1", nil, false), ("192.0.2.1", 1, true), ("192.0.2.1", 0, false),
            ("127.0.0.1", nil, true), ("127.0.0.1", 0, false), ("unix", nil, true),
        ]
        for (from, client, isSecure) in cases {
            try host.connect(from: from).sendAsIs(second(client))
            count += 1
            let word = isSecure ? "secure" : "insecure"
            #expect(await host.results(count).last == "198.51.100.7:1 proxied plain \(word)")
        }
    }

    @Test func `a proxy's own connections have its address`() async throws {
        let host = try await Host()
        try host.connect(from: "192.0.2.1").sendAsIs(Array("PROXY UNKNOWN\r\n".utf8))
        #expect(await host.results(1) == ["192.0.2.1:9 plain insecure"])
    }

    @Test func `a proxy must send a header, and a client whom the owner refuses is sent away`()
        async throws
    {
        let host = try await Host()
        try host.connect(from: "192.0.2.1").sendAsIs(Array("ana: hola\n".utf8))
        try host.connect(from: "192.0.2.1").sendAsIs(
            Array("PROXY TCP4 203.0.113.66 192.0.2.9 1 2000\r\n".utf8))
        host.loop.perform {}
        #expect(
            Set(await host.results(2)) == [
                "badHeader(\"it does not begin with a PROXY header\") of nobody",
                "refused of nobody",
            ])
    }

    @Test func `a header and a handshake together have 20 seconds`() async throws {
        let host = try await Host(context)
        let silent = try host.connect(from: "203.0.113.5")
        let half = try host.connect(from: "203.0.113.6")
        try half.sendAsIs([0x16, 0x03, 0x01, 0x01, 0x00, 0x01])
        let proxy = try host.connect(from: "192.0.2.1")
        await host.settle()
        host.advance(by: .seconds(19))
        try proxy.sendAsIs(Array(Self.header.utf8))
        await host.settle()
        #expect(await host.results(0) == [])
        host.advance(by: .milliseconds(999))
        await host.settle()
        #expect(await host.results(0) == [])
        host.advance(by: .milliseconds(1))
        #expect(
            Set(await host.results(3)) == [
                "late(isSilent: true) of 203.0.113.5:9", "late(isSilent: false) of 203.0.113.6:9",
                "late(isSilent: true) of 198.51.100.7:4711",
            ])
        withExtendedLifetime(silent) {}
    }

    @Test func `TLS behind a header arrives with both`() async throws {
        let host = try await Host(context)
        let client = try host.connect(from: "192.0.2.1")
        try client.sendAsIs(Array(Self.header.utf8))
        try await client.encrypt()
        #expect(await host.results(1) == ["198.51.100.7:4711 proxied TLS secure"])
    }

    @Test(arguments: [
        "ana: hola\n", "GET / HTTP/1.1\r\n", "\u{80}", "\u{16}\u{4}",
    ])
    func `what is no handshake ends with its first bytes`(text: String) async throws {
        let host = try await Host(context)
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        try host.connect(from: "203.0.113.5").sendAsIs(bytes)
        #expect(await host.results(1) == ["plaintext(\(bytes)) of 203.0.113.5:9"])
    }

    @Test func `a header from elsewhere is told apart`() async throws {
        let host = try await Host(context)
        try host.connect(from: "203.0.113.5").sendAsIs(Array(Self.header.utf8))
        #expect(await host.results(1) == ["strangeHeader of 203.0.113.5:9"])
    }

    @Test func `the oldest gives way, but not at once`() async throws {
        let host = try await Host(context)
        let clients = [
            try host.connect(from: "203.0.113.5"), try host.connect(from: "203.0.113.6"),
        ]
        await host.settle()
        #expect(!(await host.closeOldest(isPatient: true)))
        host.advance(by: .seconds(5))
        await host.settle()
        #expect(await host.closeOldest(isPatient: true))
        #expect(await host.closeOldest(isPatient: false))
        #expect(!(await host.closeOldest(isPatient: false)))
        #expect(await host.results(2) == ["gaveWay of 203.0.113.5:9", "gaveWay of 203.0.113.6:9"])
        withExtendedLifetime(clients) {}
    }

    @Test func `a thousand handshakes may be in progress, and the oldest ends for one more`()
        async throws
    {
        let host = try await Host(context)
        var clients: [ChatClient] = []
        for index in 0..<1_001 {
            let client = try host.connect(from: "203.0.113.\(index % 250)")
            let engine = try TLSEngine()
            engine.handshake()
            try client.sendAsIs(engine.dequeueOutput())
            clients.append(client)
        }
        #expect(await host.results(1) == ["gaveWay of 203.0.113.0:9"])
        let last = try host.connect(from: "203.0.113.251")
        try await last.encrypt()
        #expect(await host.results(3).contains("203.0.113.251:9 TLS secure"))
        withExtendedLifetime(clients) {}
    }
}
