import Chat
import Sockets
import TestSupport
import Testing

@testable import IRCServerBridge

/// IRC over TLS, where text may wait in the session although the kernel has nothing.
@Suite(.timeLimit(.minutes(10))) struct EncryptionTests {
    private static let greeting = "NICK ana\r\nUSER a 0 * :Ana\r\nJOIN #general\r\n"
    private let certificate: TestCertificate

    init() throws { certificate = try TestCertificate() }

    private func host() async throws -> IRCHost {
        try await IRCHost {
            var tls = TLSOptions()
            (tls.certificate, tls.key) = (certificate.certificate, certificate.key)
            $0.tls = tls
        }
    }

    private func line(_ client: ChatClient, holding words: String) async throws -> String? {
        while let line = try await client.line() {
            if line.contains(words) { return line }
        }
        return nil
    }

    @Test func `the first lines may come with the end of the handshake`() async throws {
        let host = try await host()
        let client = try ChatClient(port: host.port)
        try await client.encrypt(saying: Self.greeting)
        #expect(try await line(client, holding: " 001 ana ") != nil)
        #expect(try await line(client, holding: "JOIN #general") != nil)
        try await host.stop()
    }

    @Test func `lines and the end of the encryption may come together`() async throws {
        let host = try await host()
        let bob = try await host.chat("bob")
        let client = try ChatClient(port: host.port)
        try await client.encrypt(
            saying: Self.greeting + "PRIVMSG #general :adiós\r\n", isLast: true)
        #expect(try await bob.line() == "ana joined the chat.")
        #expect(try await bob.line() == "ana: adiós")
        #expect(try await bob.line() == "ana left the chat.")
        try await host.stop()
    }

    @Test func `lines in large records are all executed`() async throws {
        let host = try await host()
        let client = try ChatClient(port: host.port)
        try await client.encrypt(saying: Self.greeting)
        _ = try await line(client, holding: "JOIN #general")
        let count = 5_000
        async let last = line(client, holding: "\(count)")
        try await client.sendMuch(Array((1...count).map { "PING \($0)\r\n" }.joined().utf8))
        #expect(try await last != nil)
        try await host.stop()
    }
}
