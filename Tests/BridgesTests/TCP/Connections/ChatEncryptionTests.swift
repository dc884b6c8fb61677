import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The chat over TLS.
@Suite(.timeLimit(.minutes(10))) struct ChatEncryptionTests {
    private static let needsTLS =
        "servidor: [insecure] Aquí se habla TLS: conéctate con cifrado, p. ej. "
        + "openssl s_client -connect HOST:PUERTO"
    private let certificate: TestCertificate

    init() throws { certificate = try TestCertificate() }

    private func options() -> TLSOptions {
        var options = TLSOptions()
        options.certificate = certificate.certificate
        options.key = certificate.key
        return options
    }

    /// A host with a bridge over TLS, and one in plain.
    private func host(_ change: (inout ChatHost.Bridge) -> Void = { _ in }) async throws -> ChatHost
    {
        try await ChatHost([
            ChatHost.Bridge("segura") {
                $0.options.tls = options()
                change(&$0)
            }, ChatHost.Bridge("abierta"),
        ])
    }

    private func client(_ host: ChatHost, _ name: String? = nil, receiveBuffer: Int32? = nil)
        async throws -> ChatClient
    {
        let client = try ChatClient(port: host.ports[0], receiveBuffer: receiveBuffer)
        try await client.encrypt()
        if let name { try client.send("/nick \(name)\n") }
        try await client.barrier()
        return client
    }

    @Test func `people with and without encryption are in one room`() async throws {
        let host = try await host()
        let ana = try await client(host, "ana")
        let bob = try await host.client("bob", on: 1)
        try bob.send("bob: hola\n")
        #expect(try await ana.lines(2) == ["bob se ha unido al chat.", "bob: hola"])
        try ana.send("¿qué tal?\n")
        #expect(try await bob.lines(2) == ["bob: hola", "ana: ¿qué tal?"])
        try ana.finishText()
        #expect(try await bob.line() == "ana ha abandonado el chat.")
        #expect(
            try await ana.rest() == ["ana: ¿qué tal?", "ana ha abandonado el chat."])
        #expect(ana.encryptionEnd == .closed)
    }

    @Test func `text on a port of TLS is told so, in the words of HTTP if need be`() async throws {
        let host = try await host()
        let plain = try ChatClient(port: host.ports[0])
        try plain.send("ana: hola\n")
        #expect(try await plain.rest() == [Self.needsTLS])
        let browser = try ChatClient(port: host.ports[0])
        try browser.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await browser.rest().first == "HTTP/1.1 400 Bad Request\r")
        let silent = try ChatClient(port: host.ports[0])
        let half = try ChatClient(port: host.ports[0])
        try half.send([0x16, 0x03, 0x01, 0x02, 0x00])
        // Who comes later is accepted later.
        _ = try await client(host)
        host.test.advance(by: .seconds(20))
        #expect(try await silent.rest() == [Self.needsTLS])
        #expect(try await half.rest() == [])
    }

    @Test func `silence ends no line over TLS, but the end of the text does`() async throws {
        let host = try await host()
        let bob = try await host.client("bob", on: 1)
        let ana = try await client(host)
        try ana.send("ana: hola")
        try await bob.barrier()
        host.test.advance(by: .seconds(10))
        #expect(try await bob.barrier() == [])
        try ana.finishText()
        #expect(
            try await bob.lines(3) == [
                "ana se ha unido al chat.", "ana: hola", "ana ha abandonado el chat.",
            ])
    }

    @Test func `a line that is cut off by a lost connection is not said`() async throws {
        let host = try await host()
        let bob = try await host.client("bob", on: 1)
        let ana = try await client(host, "ana")
        try ana.send("hola\nahora vuel")
        ana.close()
        #expect(
            try await bob.lines(3) == [
                "ana se ha unido al chat.", "ana: hola", "ana ha abandonado el chat.",
            ])
    }

    @Test func `a reader that lags gets every line or is told how many it missed`() async throws {
        let host = try await host {
            $0.options.buffer = .kibibytes(64); $0.options.maxLine = 1_024
            // The kernel goes by the real time, of which a busy machine needs much.
            $0.options.stalledAfter = .seconds(3_600)
        }
        let slow = try await client(host, "lenta", receiveBuffer: 4_096)
        let bob = try await host.client("bob", on: 1)
        for burst in 0..<40 {
            try bob.send(
                (0..<100).map {
                    "línea \(burst * 100 + $0) \(String(repeating: "x", count: 900))\n"
                }.joined())
            try await bob.barrier()
        }
        try bob.send("fin\n")
        var (next, missed) = (0, 0)
        while let line = try await slow.line(), line != "bob: fin" {
            if line.hasPrefix("bob: línea ") {
                let number = try #require(Int(line.split(separator: " ")[2]))
                #expect(number == next + missed)
                next += 1
            } else if line.hasPrefix("servidor: [skipped] ") {
                missed += try #require(Int(line.split(separator: " ")[2]))
            }
        }
        #expect(next + missed >= 4_000 && missed > 0)
    }

    @Test func `what is owed is sent before the bridge ends, and the end is said`() async throws {
        let host = try await host()
        let ana = try await client(host, "ana")
        try ana.send("hola\n")
        try await ana.barrier()
        try await host.stop()
        #expect(try await ana.rest() == [])
        #expect(ana.encryptionEnd == .closed)
    }

    @Test func `a certificate that is renewed is used for new connections, and no old one is lost`()
        async throws
    {
        let host = try await host()
        let ana = try await client(host, "ana")
        let fingerprint = try certificate.replace()
        host.test.advance(by: .seconds(10))
        _ = await host.test.log.first { $0.sentence.hasPrefix("the new certificate in ") }
        let eva = try ChatClient(port: host.ports[0])
        #expect(try await eva.encrypt().fingerprint == fingerprint)
        try ana.send("sigo aquí\n")
        #expect(try await ana.barrier() == ["ana: sigo aquí"])
        // A pair that does not fit changes nothing.
        _ = try certificate.replace(key: false)
        host.test.advance(by: .seconds(10))
        let warning = await host.test.log.first { $0.sentence.contains("stays in use") }
        #expect(warning.level == .warning)
        #expect(warning.sentence.contains("the key does not belong to the certificate"))
        let bob = try ChatClient(port: host.ports[0])
        #expect(try await bob.encrypt().fingerprint == fingerprint)
    }

    @Test func `the end of a certificate is warned of once a day from 14 days on`() async throws {
        let end = SystemClock().wall() + .seconds(90 * 86_400)
        let clock = ManualClock(startingAt: end - .seconds(16 * 86_400 - 60))
        let host = try await ChatHost(
            [ChatHost.Bridge("tcp") { $0.options.tls = options() }], clock: clock)
        func warnings() async -> [String] {
            await host.test.settle()
            return host.test.log.entries.map(\.sentence).filter { $0.contains("renew it") }
        }
        #expect(await warnings() == [])
        for hour in 0..<72 {
            host.test.advance(by: .seconds(3_600))
            await host.test.settle()
            if hour < 47 { #expect(await warnings() == []) }
        }
        let all = await warnings()
        #expect(all.count == 2)
        #expect(all.first?.contains(" ends in 13 days, on ") == true)
    }

    @Test(arguments: [false, true]) func `a start fails with a sentence`(isMissing: Bool)
        async throws
    {
        if isMissing { unlink(certificate.key) } else { _ = try certificate.replace(key: false) }
        await #expect {
            _ = try await CertificateWatch.load(certificate.files)
        } throws: { error in
            error is BridgeError && "\(error)".hasPrefix("key.pem: ")
        }
    }
}
