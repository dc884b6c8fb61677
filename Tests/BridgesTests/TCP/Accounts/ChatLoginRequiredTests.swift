import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// A chat where nothing is read or said before a login.
@Suite(.timeLimit(.minutes(10))) struct ChatLoginRequiredTests {
    private static let required =
        "servidor: [login-required] Aquí hace falta una cuenta: /login NOMBRE CONTRASEÑA"

    private func host(
        _ accounts: FakeAccounts? = nil, _ change: (inout ChatHost.Bridge) -> Void = { _ in }
    ) async throws -> ChatHost {
        let usual = FakeAccounts([("ana", "secreto1"), ("bob", "secreto1")], isLoginRequired: true)
        return try await ChatHost(accounts: accounts ?? usual, change)
    }

    /// Connects; the barrier of other tests needs a login here.
    private func client(_ host: ChatHost, as name: String? = nil) async throws -> ChatClient {
        let client = try ChatClient(port: host.ports[0])
        if let name {
            try client.send("/login \(name) secreto1\n")
            while let line = try await client.line(), !line.contains("[ok]") {}
        } else {
            try client.send("/help\n")
            while let line = try await client.line(), !line.contains("[ok]") {}
        }
        return client
    }

    @Test(arguments: [
        "hola", "ana: hola", "eva: hola", "eva:", "eva se ha unido al chat.", "a(b): hola",
        "/nick eva", "/who", "/rooms", "/join general", "/history", "/search x", "/msg ana hola",
        "/reply ana hola", "/me x", "/xyz", "/", "eva: /who", "eva: /nick x", "//hola",
        "/password a b", "/unregister a", "invitado-1: hola", "<ana> hola",
    ])
    func `all else is refused alike before a login`(line: String) async throws {
        for nameless in TCP.Nameless.allCases {
            let host = try await host { $0.options.nameless = nameless }
            let reader = try await client(host, as: "bob")
            let stranger = try await client(host)
            try stranger.send("\(line)\n/quit\n")
            #expect(
                try await stranger.rest() == [Self.required, "servidor: [ok] Hasta luego."],
                "\(line)")
            #expect(try await reader.barrier() == [])
        }
    }

    @Test func `nothing is read before a login, and all from then on`() async throws {
        let host = try await host()
        let bob = try await client(host, as: "bob")
        let stranger = try await client(host)
        try bob.send("uno\n")
        try await bob.barrier()
        try stranger.send("ana: /login ana secreto1\ndos\n")
        #expect(
            try await stranger.lines(3) == [
                "ana se ha unido al chat.", "servidor: [ok] Has entrado con la cuenta ana.",
                "ana: dos",
            ])
        try bob.send("tres\n")
        #expect(try await stranger.line() == "bob: tres")
    }

    @Test func `what was said before is shown on entering, if it is to be`() async throws {
        let host = try await host { $0.options.historyOnJoin = 5 }
        let bob = try await client(host, as: "bob")
        try bob.send("uno\n")
        try await bob.barrier()
        let ana = try ChatClient(port: host.ports[0])
        try ana.send("/login ana secreto1\n")
        #expect(
            try await ana.lines(3) == [
                "bob: uno", "ana se ha unido al chat.",
                "servidor: [ok] Has entrado con la cuenta ana.",
            ])
    }

    @Test func `whoever does not log in within a minute is sent away`() async throws {
        let host = try await host()
        let (one, two) = (try await client(host), try await client(host, as: "ana"))
        host.test.advance(by: .seconds(59))
        try one.send("hola\n")
        #expect(try await one.line() == Self.required)
        host.test.advance(by: .seconds(1))
        #expect(try await one.rest() == [Self.required])
        #expect(try await two.barrier() == [])
    }

    @Test func `where registration is closed nothing tells which names exist`() async throws {
        let host = try await host()
        let client = try await client(host)
        for line in ["/register ana secreto1", "/register eva secreto1", "eva: /register secreto1"]
        {
            try client.send("\(line)\n")
            #expect(
                try await client.line()
                    == "servidor: [forbidden] Aquí las cuentas las crea el administrador.")
        }
        for name in ["ana", "eva"] {
            try client.send("/login \(name) mal12345\n\(name): hola\n/nick \(name)\n")
            #expect(
                try await client.lines(3) == [
                    "servidor: [login-failed] El nombre o la contraseña no es correcto.",
                    Self.required, Self.required,
                ])
        }
    }

    @Test(arguments: ["/register eva secreto1", "eva: /register secreto1"])
    func `where registration is open one may begin with it`(line: String) async throws {
        let host = try await host(FakeAccounts(isLoginRequired: true, isRegistrationOpen: true))
        let eva = try await client(host)
        try eva.send("\(line)\nhola\n")
        #expect(
            try await eva.lines(3) == [
                "eva se ha unido al chat.", "servidor: [ok] La cuenta eva ya es tuya.",
                "eva: hola",
            ])
    }

    @Test func `who removes the account reads nothing any more, and is sent away`() async throws {
        let host = try await host()
        let bob = try await client(host, as: "bob")
        let ana = try await client(host, as: "ana")
        try ana.send("/unregister secreto1\n")
        #expect(
            try await ana.lines(2) == [
                "ana ha abandonado el chat.", "servidor: [ok] La cuenta se ha borrado.",
            ])
        try bob.send("ya no\n")
        try await bob.barrier()
        try ana.send("hola\n")
        #expect(try await ana.line() == Self.required)
        host.test.advance(by: .seconds(60))
        #expect(try await ana.rest() == [Self.required])
    }

    @Test func `the greeting tells how to log in`() async throws {
        let host = try await host { $0.options.greeting = nil }
        let client = try ChatClient(port: host.ports[0])
        try await arrived(host)
        host.test.advance(by: .milliseconds(200))
        #expect(
            try await client.line()
                == "servidor: [info] Hola. Aquí se entra con una cuenta: /login NOMBRE CONTRASEÑA. "
                + "Más: /help")
    }

    private func arrived(_ host: ChatHost) async throws { _ = try await client(host) }
}
