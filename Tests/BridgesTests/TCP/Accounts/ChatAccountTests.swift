import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Accounts: who may have which name, and what logging in does.
@Suite(.timeLimit(.minutes(10))) struct ChatAccountTests {
    private static let registered =
        "servidor: [login-required] Ese nombre es de una cuenta; si es tuya: "
        + "/login NOMBRE CONTRASEÑA"
    private static let failed =
        "servidor: [login-failed] El nombre o la contraseña no es correcto."
    private static func entered(_ name: String) -> String {
        "servidor: [ok] Has entrado con la cuenta \(name)."
    }

    private func host(
        _ accounts: FakeAccounts = FakeAccounts([("ana", "secreto1")]),
        rooms: [String] = ["general"],
        _ change: (inout ChatHost.Bridge) -> Void = { _ in }
    ) async throws -> ChatHost {
        try await ChatHost(rooms: rooms, accounts: accounts, change)
    }

    // MARK: - Names

    @Test(arguments: [
        "ana: hola", "ANA: hola", "ana:", "Ana se ha unido al chat.", "/nick ana", "/nick ANA",
        "ＡＮＡ: hola", "/nick \u{1D41A}na", "ªna: hola", "ana : hola",
    ])
    func `a registered name is refused to everybody else`(line: String) async throws {
        let host = try await host()
        let client = try await host.client()
        try client.send("\(line)\n")
        #expect(try await client.barrier() == [Self.registered])
    }

    @Test func `who is in can't take a registered name either`() async throws {
        let host = try await host { $0.options.nameless = .guest }
        let bob = try await host.client("bob")
        try bob.send("/nick ana\n/nick Ana\nana: hola\n")
        #expect(try await bob.barrier() == [Self.registered, Self.registered, "bob: ana: hola"])
        let guest = try await host.client()
        try guest.send("hola\nana: hola\n")
        #expect(
            try await guest.barrier() == [
                "invitado-1 se ha unido al chat.", "invitado-1: hola", Self.registered,
            ])
    }

    @Test func `names that only look alike are other names`() async throws {
        let host = try await host()
        // Cyrillic letters alone may be a name; mixed with Latin ones they may not.
        let client = try await host.client()
        try client.send("\u{430}na: hola\n/nick an\u{430}\n/nick a\u{200B}na\n/nick ana\u{301}\n")
        let lines = try await client.barrier()
        #expect(lines.prefix(3).allSatisfy { $0.hasPrefix("servidor: [bad-name] ") })
        #expect(lines.last == "aná se ha unido al chat." || lines.last?.contains("aná") == true)
    }

    // MARK: - Login

    @Test func `a login enters, and a second one is the same person`() async throws {
        let host = try await host()
        let reader = try await host.client("bob")
        let one = try await host.client()
        try one.send("/login ANA secreto1\n")
        #expect(
            try await one.barrier() == ["ana se ha unido al chat.", Self.entered("ana")])
        let two = try await host.client()
        try two.send("ana: /login ana secreto1\nhola\n")
        #expect(try await two.barrier() == [Self.entered("ana"), "ana: hola"])
        try one.send("/who\n")
        #expect(
            try await one.barrier() == [
                "ana: hola", "servidor: [info] ana (tcp)", "servidor: [info] bob (tcp)",
                "servidor: [ok] 2",
            ])
        one.close()
        try await two.barrier()
        try two.send("ana ha abandonado el chat.\n")
        #expect(try await two.rest() == ["ana ha abandonado el chat."])
        #expect(
            try await reader.barrier()
                == [
                    "bob se ha unido al chat.", "ana se ha unido al chat.", "ana: hola",
                    "ana ha abandonado el chat.",
                ].filter { !$0.hasPrefix("bob") })
    }

    @Test func `a wrong password and an unknown name are answered alike`() async throws {
        let host = try await host()
        let client = try await host.client()
        for arguments in [
            "ana secreto2", "nadie secreto1", "ana corta", "a:b secreto1", "ana secretó1",
            "\"ana\" Secreto1", String(repeating: "x", count: 300) + " secreto1",
        ] {
            try client.send("/login \(arguments)\n")
            #expect(try await client.barrier() == [Self.failed], "\(arguments)")
        }
        for arguments in ["", "ana", "ana secreto1 x", "\"ana secreto1", "Ana María secreto1"] {
            try client.send("/login \(arguments)\n")
            #expect(
                try await client.barrier()
                    == ["servidor: [bad-arguments] Se usa así: /login NOMBRE CONTRASEÑA"])
        }
    }

    @Test func `a named connection changes its name, or leaves if the owner is in`() async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        try bob.send("/login ana secreto1\n")
        #expect(try await bob.barrier() == ["bob ahora es ana.", Self.entered("ana")])
        let eva = try await host.client("eva")
        try eva.send("/login ana secreto1\nhola\n")
        #expect(
            try await eva.barrier() == [
                "eva ha abandonado el chat.", Self.entered("ana"), "ana: hola",
            ])
        #expect(
            try await bob.barrier() == [
                "eva se ha unido al chat.", "eva ha abandonado el chat.", "ana: hola",
            ])
    }

    @Test func `lines behind a login wait for it`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await host(accounts)
        let ana = try await host.client()
        let bob = try await host.client("bob")
        try await ana.barrier()
        accounts.hold()
        try ana.send("/login ana secreto1\nana: hola\n")
        try bob.send("sigo\n")
        #expect(try await bob.barrier() == ["bob: sigo"])
        accounts.release()
        #expect(
            try await ana.barrier() == [
                "bob: sigo", "ana se ha unido al chat.", Self.entered("ana"), "ana: hola",
            ])
    }

    @Test func `a login that nobody answers is given up`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await host(accounts)
        let ana = try await host.client()
        accounts.hold()
        try ana.send("/login ana secreto1\n")
        _ = try await host.client()
        host.test.advance(by: .seconds(60))
        #expect(
            try await ana.line()
                == "servidor: [dropped] Ahora no se pueden consultar las cuentas; prueba más tarde."
        )
        // What comes late changes nothing.
        accounts.release()
        #expect(try await ana.barrier() == [])
        try ana.send("ana: hola\n")
        #expect(try await ana.barrier() == [Self.registered])
    }

    @Test func `too many tries and failures of the store are told`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await host(accounts)
        let ana = try await host.client()
        accounts.limit(seconds: 8)
        try ana.send("/login ana secreto1\n")
        #expect(
            try await ana.barrier() == ["servidor: [rate-limited] Demasiados intentos; espera 8 s."]
        )
        accounts.fail()
        try ana.send("/login ana secreto1\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [dropped] Ahora no se pueden consultar las cuentas; prueba más tarde."
            ])
    }

    @Test func `who asks is told to the service`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let one = try await host.client()
        let two = try await host.client()
        try one.send("/login Ａna secreto1\n")
        _ = try await one.barrier()
        try two.send("/login \"Ana María\" secreto1\n")
        _ = try await two.barrier()
        #expect(accounts.attempts.map(\.key) == ["ana", "ana maría"])
        #expect(Set(accounts.attempts.map(\.connection)).count == 2)
        #expect(accounts.attempts.allSatisfy { $0.address.description == "127.0.0.1" })
    }

    @Test func `who is logged in keeps the name but for its spelling`() async throws {
        let host = try await host()
        let (one, two) = (try await host.client(), try await host.client())
        for client in [one, two] {
            try client.send("/login ana secreto1\n")
            _ = try await client.barrier()
        }
        try one.send("/nick eva\n/nick ANA\nhola\n")
        #expect(
            try await one.barrier() == [
                "servidor: [forbidden] Con tu cuenta llevas su nombre; solo puedes cambiar mayúsculas "
                    + "y minúsculas.",
                "ana ahora es ANA.", "ANA: hola",
            ])
        try two.send("Ana: qué tal\n")
        #expect(
            try await two.barrier() == ["ana ahora es ANA.", "ANA: hola", "ANA: qué tal"])
        // Who comes in the meantime has the spelling too.
        let three = try await host.client()
        try three.send("/login ana secreto1\n")
        #expect(try await three.barrier() == [Self.entered("ANA")])
    }

    // MARK: - Changes

    @Test func `a new password ends the other connections`() async throws {
        let host = try await host()
        let (one, two) = (try await host.client(), try await host.client())
        for client in [one, two] {
            try client.send("/login ana secreto1\n")
            _ = try await client.barrier()
        }
        try one.send(
            "/password secreto1\n/password mal12345 otro1234\n/password secreto1 corta\n")
        let lines = try await one.barrier()
        #expect(lines[0].hasPrefix("servidor: [bad-arguments] Se usa así: /password VIEJA NUEVA"))
        #expect(lines[1] == "servidor: [login-failed] La contraseña no es correcta.")
        #expect(lines[2].hasPrefix("servidor: [bad-arguments] Una contraseña tiene"))
        try one.send("/password secreto1 otro1234\n")
        #expect(
            try await one.line()
                == "servidor: [ok] La contraseña ha cambiado; tus otras conexiones se cierran.")
        #expect(
            try await two.rest() == [
                "servidor: [login-required] La contraseña de la cuenta ha cambiado: entra con la "
                    + "nueva."
            ])
        try one.send("hola\n")
        #expect(try await one.barrier() == ["ana: hola"])
        let three = try await host.client()
        try three.send("/login ana secreto1\n/login ana otro1234\n")
        #expect(try await three.barrier() == [Self.failed, Self.entered("ana")])
    }

    @Test func `a password changed on the command line ends all connections`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await host(accounts)
        let bob = try await host.client("bob")
        let ana = try await host.client()
        try ana.send("/login ana secreto1\n")
        _ = try await ana.barrier()
        accounts.setPassword(of: "ana", to: "otro1234")
        let rest = try await ana.rest()
        #expect(rest.first?.hasPrefix("servidor: [login-required] ") == true)
        #expect(
            try await bob.lines(2) == ["ana se ha unido al chat.", "ana ha abandonado el chat."])
    }

    @Test func `an account renamed on the command line renames its person`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1")])
        let host = try await host(accounts)
        let eva = try await host.client("Eva")
        let ana = try await host.client()
        try ana.send("/login ana secreto1\n")
        _ = try await ana.barrier()
        accounts.rename("ana", to: "eva")
        #expect(
            try await ana.lines(3) == [
                "Eva ahora es Eva~.", "servidor: [info] Tu cuenta se llama ahora eva.",
                "ana ahora es eva.",
            ])
        try ana.send("eva: hola\n")
        #expect(try await ana.barrier() == ["eva: hola"])
        #expect(
            try await eva.barrier().contains(
                "servidor: [info] Tu nombre es de una cuenta: ahora te llamas Eva~."))
    }

    @Test func `who removes the account loses the name, which stays refused`() async throws {
        let host = try await host()
        let (one, two) = (try await host.client(), try await host.client())
        for client in [one, two] {
            try client.send("/login ana secreto1\n")
            _ = try await client.barrier()
        }
        try one.send("/unregister mal12345\n/unregister secreto1\n")
        #expect(
            try await one.lines(3) == [
                "servidor: [login-failed] La contraseña no es correcta.",
                "servidor: [ok] La cuenta se ha borrado.", "ana ha abandonado el chat.",
            ])
        #expect(
            try await two.rest().first == "servidor: [login-required] La cuenta ya no existe.")
        try one.send("hola\nana: hola\n/login ana secreto1\neva: hola\n")
        let lines = try await one.barrier()
        #expect(lines[0].hasPrefix("servidor: [need-name] "))
        #expect(
            lines[1...] == [
                Self.registered, Self.failed, "eva se ha unido al chat.", "eva: hola",
            ])
    }

    @Test func `commands for the owners of accounts need one`() async throws {
        let host = try await host()
        let bob = try await host.client()
        try bob.send("/password a b\n/unregister x\nbob: /password secreto1 otro1234\n")
        try bob.send("/unregister secreto1\n/history @ana\n")
        let lines = try await bob.barrier()
        let codes = lines.map { $0.split(separator: " ")[1] }
        #expect(
            codes == [
                "[need-name]", "[need-name]", "se", "[login-required]", "[login-required]",
                "[login-required]",
            ])
    }

    // MARK: - Secrets

    @Test func `a password behind somebody else's name is not said`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let reader = try await host.client()
        let ana = try await host.client("ana")
        accounts.add("ana", password: "secreto1")
        _ = try await ana.lines(2)
        // A program that puts the name it knows in front of every line.
        try ana.send("ana: hola\nana: /password secreto1 otro1234\n<ana> /register secreto1\n")
        try ana.send("ana: /login ana secreto1\n")
        let lines = try await ana.barrier()
        #expect(lines[0] == "ana~: ana: hola")
        #expect(lines[1].hasPrefix("servidor: [login-required] "))
        #expect(lines[2].hasPrefix("servidor: [bad-name] "))
        #expect(lines[3...] == ["ana~ ahora es ana.", Self.entered("ana")])
        #expect(
            try await reader.barrier() == [
                "ana se ha unido al chat.", "ana ahora es ana~.", "ana~: ana: hola",
                "ana~ ahora es ana.",
            ])
    }

    @Test func `no answer and no log repeats what stands behind a verb`() async throws {
        let host = try await host(FakeAccounts([("ana", "secreto1")])) { bridge in
            bridge.options.commands.burst = 1_000
        }
        let bob = try await host.client("bob")
        let reader = try await host.client()
        for line in [
            "/login ana s3cr3t-x", "/login s3cr3t-x", "/logn ana s3cr3t-x", "/login:ana:s3cr3t-x",
            "/login=s3cr3t-x", "/register s3cr3t-x x", "/password s3cr3t-x s3cr3t-x",
            "/unregister s3cr3t-x", "bob: /login ana s3cr3t-x", "/LOGIN ana s3cr3t-x", "/ s3cr3t-x",
            " /login ana s3cr3t-x",
        ] {
            try bob.send("\(line)\n")
            let lines = try await bob.barrier()
            #expect(lines.count == 1 && !lines[0].contains("s3cr3t"), "\(line): \(lines)")
        }
        #expect(try await reader.barrier() == [])
        #expect(!host.test.log.sentences.contains { $0.contains("s3cr3t") })
    }

    @Test func `the commands of a person are counted on all connections together`() async throws {
        let host = try await host { bridge in
            bridge.options.commands.burst = 4
        }
        let (one, two) = (try ChatClient(port: host.ports[0]), try ChatClient(port: host.ports[0]))
        for client in [one, two] {
            try client.send("/login ana secreto1\n")
            while let line = try await client.line(), !line.contains("[ok]") {}
        }
        // Logging in was a command of the connection; from then on the person's count.
        try one.send("/nick ana\n/nick ana\n/nick ana\n")
        _ = try await one.lines(3)
        try two.send("/nick ana\n/nick ana\n")
        #expect(
            try await two.lines(2) == [
                "servidor: [ok] Te llamas ana.",
                "servidor: [rate-limited] Demasiadas órdenes; espera 1 s.",
            ])
    }
}
