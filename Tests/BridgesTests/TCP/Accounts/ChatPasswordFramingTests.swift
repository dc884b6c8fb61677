import Glibc
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Lines with a password from clients without line endings: half of one is never said.
@Suite(.timeLimit(.minutes(10))) struct ChatPasswordFramingTests {
    private static let silence = Duration.milliseconds(200)

    private func host(
        _ change: (inout ChatHost.Bridge) -> Void = { _ in }
    ) async throws -> ChatHost {
        try await ChatHost(accounts: FakeAccounts([("ana", "secreto1")]), change)
    }

    /// Returns when the server has read what was sent before.
    private func arrived(_ host: ChatHost) async throws { _ = try await host.client() }

    private func send(_ text: String, _ client: ChatClient, _ host: ChatHost) async throws {
        try client.send(text)
        try await arrived(host)
        host.test.advance(by: Self.silence)
        try await arrived(host)
    }

    private func wait(_ host: ChatHost) async throws {
        host.test.advance(by: Self.silence * 9)
        try await arrived(host)
    }

    @Test func `a login without a line ending waits for a long silence`() async throws {
        let host = try await host()
        let ana = try ChatClient(port: host.ports[0])
        try await send("/login ana secreto1", ana, host)
        #expect(await host.test.bus.perform { $0.person("ana") == nil })
        try await wait(host)
        #expect(try await ana.line() == "ana se ha unido al chat.")
    }

    @Test func `half a password is never said, wherever the line is split`() async throws {
        let line = Array("bob: /login ana secreto1".utf8)
        for index in 1..<line.count {
            let host = try await host()
            let reader = try await host.client()
            let bob = try ChatClient(port: host.ports[0])
            // A client whose lines silence ends.
            try await send("bob: hola", bob, host)
            try await send(String(decoding: line[..<index], as: UTF8.self), bob, host)
            try await send(String(decoding: line[index...], as: UTF8.self), bob, host)
            try await wait(host)
            let seen = try await reader.barrier()
            // Half a name may be said, as it always was.
            #expect(
                !seen.contains { $0.contains("secreto") || $0.contains("/") }, "\(index) \(seen)")
            try await host.stop()
        }
    }

    @Test(arguments: [TCP.Nameless.ask, .guest, .name])
    func `a hidden login is refused, never said, and nobody enters for it`(
        nameless: TCP.Nameless
    ) async throws {
        let host = try await host { $0.options.nameless = nameless }
        let reader = try await host.client("lector")
        let lines = [
            "ana9:/login ana secreto1", "<ana9> /login ana secreto1",
            "\u{200B}/login ana secreto1", "／login ana secreto1",
            "ana9: \u{2060}/login ana secreto1", "ana9: ／register secreto1",
        ]
        for line in lines {
            let client = try await host.client()
            try client.send("\(line)\n")
            let answers = try await client.barrier()
            #expect(
                answers.count == 1 && answers[0].hasPrefix("servidor: [") == true
                    && !answers[0].contains("secreto"), "\(line) \(answers)")
        }
        let named = try await host.client("bob")
        for line in lines.dropFirst(2) + ["bob: \u{FEFF}/password a secreto1"] {
            try named.send("\(line)\n")
            #expect(
                try await named.barrier() == [
                    "servidor: [bad-arguments] Eso parece una orden con contraseña, y no se ha "
                        + "dicho: la barra va delante de todo."
                ], "\(line)")
        }
        #expect(try await reader.barrier() == ["bob se ha unido al chat."])
        try named.send("//login ana x\nbob: mira esto: /login NOMBRE CLAVE\n")
        #expect(
            try await named.barrier()
                == ["bob: /login ana x", "bob: mira esto: /login NOMBRE CLAVE"])
    }

    @Test func `a line client's half login waits for its line ending`() async throws {
        let host = try await host()
        let ana = try await host.client()
        try await send("/login ana secr", ana, host)
        try await wait(host)
        #expect(await host.test.bus.perform { $0.person("ana") == nil })
        try ana.send("eto1\n")
        #expect(try await ana.line() == "ana se ha unido al chat.")
    }

    @Test func `half a login at the end of the stream is a login`() async throws {
        let host = try await host()
        let reader = try await host.client()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("/login ana secr")
        ana.finishSending()
        #expect(
            try await ana.rest()
                == ["servidor: [login-failed] El nombre o la contraseña no es correcto."])
        #expect(try await reader.barrier() == [])
    }

    @Test(
        .enabled("needs an address that is not a loopback one") { OwnAddress.first != nil },
        arguments: [false, true])
    func `over a connection that is not secure a password is refused`(
        isAllowed: Bool
    ) async throws {
        let host = try await host { $0.options.plaintextPasswords = isAllowed }
        let bob = try await host.client("bob", from: OwnAddress.first)
        for line in [
            "/login ana secreto2", "/register corta", "/password secreto1 otro1234",
            "/unregister secreto1",
        ] {
            try bob.send("\(line)\n")
            let answer = try await bob.barrier()
            #expect(
                answer.first?.hasPrefix("servidor: [insecure] ") == !isAllowed,
                "\(line) \(answer)")
        }
    }
}

/// An address of this machine that others may have, too.
private enum OwnAddress {
    static let first: String? = {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET)
            else { continue }
            let bits = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_addr.s_addr
            }
            let bytes = withUnsafeBytes(of: bits) { Array($0) }
            if bytes[0] != 127 { return bytes.map(String.init).joined(separator: ".") }
        }
        return nil
    }()
}
