import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Connections that are let in, that give way to others, and that take too long over a name.
@Suite(.timeLimit(.minutes(10))) struct ChatListenerTests {
    private static let full = "servidor: [full] No cabe nadie más; prueba más tarde."
    private static let needName =
        "servidor: [need-name] Primero di quién eres: NOMBRE: TEXTO, o /nick NOMBRE"

    @Test func `the connection that has been silent for longest is closed when there is no room`()
        async throws
    {
        let host = try await ChatHost { $0.options.maxConnections = 4 }
        let ana = try await host.client("ana")
        // A client that speaks without a name is not silent.
        let reader = try await host.client()
        let silent = [try ChatClient(port: host.ports[0]), try ChatClient(port: host.ports[0])]
        for client in silent { try client.send([0xC3]) }
        try await ana.barrier()
        let bob = try await host.client("bob")
        #expect(try await silent[0].rest() == [Self.full])
        let eva = try await host.client("eva")
        #expect(try await silent[1].rest() == ["bob se ha unido al chat.", Self.full])
        #expect(try await ChatClient(port: host.ports[0]).rest() == [Self.full])
        for client in [ana, reader, bob, eva] { try await client.barrier() }
        let debug = host.test.log.entries.filter { $0.level == .debug }.map(\.sentence)
        #expect(debug.count { $0.hasPrefix("closed 127.0.0.1:") && $0.contains("make room") } == 2)
        #expect(
            debug.count {
                $0.hasPrefix("127.0.0.1:")
                    && $0.hasSuffix(" is refused: there are maxConnections connections")
            } == 1)
    }

    @Test func `half a first line is waited for a minute`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let half = try ChatClient(port: host.ports[0])
        let silent = try ChatClient(port: host.ports[0])
        // Half a character, which silence does not end.
        try half.send([0xC3])
        try await ana.barrier()
        host.test.advance(by: .milliseconds(59_999))
        try ana.send("hola\n")
        #expect(try await half.line() == "ana: hola")
        host.test.advance(by: .milliseconds(1))
        #expect(try await half.rest() == [Self.needName])
        // A client that only reads stays.
        host.test.advance(by: .seconds(600))
        try ana.send("adiós\n")
        #expect(try await silent.lines(2) == ["ana: hola", "ana: adiós"])
    }

    @Test func `a name is needed within nameWithin, if that is given`() async throws {
        let host = try await ChatHost { $0.options.nameWithin = .seconds(5) }
        let ana = try await host.client("ana")
        let first = try await host.client()
        host.test.advance(by: .seconds(4))
        let second = try await host.client()
        host.test.advance(by: .seconds(1))
        #expect(try await first.rest() == [Self.needName])
        try second.send("bob: hola\n")
        #expect(try await second.lines(2).last == "bob: hola")
        host.test.advance(by: .seconds(60))
        #expect(try await ana.barrier() == ["bob se ha unido al chat.", "bob: hola"])
        try await second.barrier()
    }

    @Test func `connections from one address are limited after a burst`() throws {
        var options = ConnectLimit.Options()
        options.burst = 3
        options.per = .milliseconds(50)
        var limit = ConnectLimit(options)
        let (one, other) = (try Self.key("192.0.2.1"), try Self.key("192.0.2.2"))
        func isAllowed(_ key: HostKey, _ milliseconds: Int64) -> Bool {
            limit.spend(for: key, at: .after(.milliseconds(milliseconds)))
        }
        #expect((0..<5).map { _ in isAllowed(one, 10) } == [true, true, true, false, false])
        #expect(isAllowed(other, 10))
        #expect(!isAllowed(one, 59))
        #expect(isAllowed(one, 60) && !isAllowed(one, 60))
        // Refused connections do not count.
        #expect(isAllowed(one, 110) && !isAllowed(one, 110))
        #expect((0..<4).map { _ in isAllowed(one, 10_000) } == [true, true, true, false])
        let loopback = try Self.key("127.0.0.1")
        #expect((0..<1_000).allSatisfy { _ in isAllowed(loopback, 10_000) })
    }

    @Test func `one address of IPv6 is its first 64 bits, and IPv4 in IPv6 is IPv4`() throws {
        #expect(try Self.key("2001:db8::1") == Self.key("2001:db8::2:3:4:5"))
        #expect(try Self.key("2001:db8::1") != Self.key("2001:db8:0:1::1"))
        #expect(try Self.key("::ffff:192.0.2.1") == Self.key("192.0.2.1"))
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            #expect(try Self.key(own).isLoopback)
        }
        for other in ["128.0.0.1", "192.0.2.127", "::2", "fe80::1"] {
            #expect(try !Self.key(other).isLoopback)
        }
    }

    private static func key(_ address: String) throws -> HostKey {
        try #require(SocketAddress.resolve(host: address, port: 1).first?.host)
    }
}
