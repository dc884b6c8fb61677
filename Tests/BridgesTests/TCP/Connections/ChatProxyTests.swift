import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Clients of proxies, and those who pretend to be.
@Suite(.timeLimit(.minutes(10))) struct ChatProxyTests {
    private static let full = "servidor: [full] No cabe nadie más; prueba más tarde."
    private static let tooFast = "servidor: [rate-limited] Demasiado deprisa; espera un poco."

    private static func host(_ change: @escaping (inout TCP.Options) -> Void = { _ in })
        async throws
        -> ChatHost
    {
        try await ChatHost {
            $0.options.proxyFrom = [AddressRange("127.0.0.0/8")].compactMap { $0 }.map {
                .addresses($0)
            }
            change(&$0.options)
        }
    }

    private static func client(_ host: ChatHost, from address: String) throws -> ChatClient {
        let client = try ChatClient(port: host.ports[0])
        try client.send("PROXY TCP4 \(address) 127.0.0.1 4711 2000\r\n")
        return client
    }

    @Test func `limits go by the address that the proxy names`() async throws {
        let host = try await Self.host { $0.maxPerAddress = 2 }
        let ana = try Self.client(host, from: "192.0.2.7")
        try ana.send("ana: hola\n")
        #expect(try await ana.lines(2).last == "ana: hola")
        let eva = try Self.client(host, from: "192.0.2.7")
        try await eva.barrier()
        #expect(try await Self.client(host, from: "192.0.2.7").rest() == [Self.full])
        let bob = try Self.client(host, from: "192.0.2.8")
        try await bob.barrier()
        // A place is free again when one of them leaves.
        eva.close()
        #expect(try await ana.barrier() == [])
        try await Self.client(host, from: "192.0.2.7").barrier()
    }

    @Test func `new connections are limited by the address named, but not health checks`()
        async throws
    {
        let host = try await Self.host { $0.connects.burst = 3 }
        for _ in 0..<3 { try await Self.client(host, from: "192.0.2.7").barrier() }
        #expect(try await Self.client(host, from: "192.0.2.7").rest() == [Self.tooFast])
        for _ in 0..<10 {
            let check = try ChatClient(port: host.ports[0])
            try check.send("PROXY UNKNOWN\r\n")
            try await check.barrier()
        }
    }

    @Test func `without a header nobody is let in, and that is said once`() async throws {
        let host = try await Self.host()
        for line in ["ana: hola\n", "PROXY TCP4 1.2.3.4\r\n", "\r\n\r\nQUIT\n"] {
            let client = try ChatClient(port: host.ports[0])
            try client.send(line)
            #expect(try await client.rest() == [])
        }
        let warnings = host.test.log.entries.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        let sentence = try #require(warnings.first?.sentence)
        #expect(sentence.hasPrefix("127.0.0.1:") && sentence.contains("PROXY header"))
    }

    @Test func `a header from somebody who is no proxy closes the connection, and is said once`()
        async throws
    {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let binary: [UInt8] =
            [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A] + Array("QUIT\n".utf8) + [0x21, 0x11, 0, 12]
            + [UInt8](repeating: 1, count: 12)
        for bytes in [
            binary, Array("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\nbob: hola\n".utf8),
            Array("PROXY UNKNOWN\r\n".utf8),
        ] {
            let client = try ChatClient(port: host.ports[0])
            try client.send(bytes)
            #expect(try await client.rest() == [])
        }
        #expect(try await ana.barrier() == [])
        let warnings = host.test.log.entries.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.sentence.contains("sent a PROXY header, and \"proxyFrom\"") == true)
        // Somebody who is in may say so.
        try ana.send("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\n")
        #expect(try await ana.barrier() == ["ana: PROXY TCP4 192.0.2.7 192.0.2.1 1 2"])
    }

    @Test func `a header that does not come is waited for 20 seconds`() async throws {
        let host = try await Self.host()
        let silent = try ChatClient(port: host.ports[0])
        try await Self.client(host, from: "192.0.2.7").barrier()
        host.test.advance(by: .seconds(20))
        #expect(try await silent.rest() == [])
    }
}
