import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Registration: names that become accounts, and who holds them meanwhile.
@Suite(.timeLimit(.minutes(10))) struct ChatRegistrationTests {
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

    @Test func `a name becomes an account, which only its owner has afterwards`() async throws {
        let host = try await host(FakeAccounts())
        let ana = try await host.client("Ana")
        try ana.send("/register corta\n/register dos palabras\n/register secreto1\n")
        let lines = try await ana.barrier()
        #expect(lines[0].hasPrefix("servidor: [bad-arguments] Una contraseña tiene de 8 a 256"))
        #expect(lines[1].hasPrefix("servidor: [bad-arguments] Se usa así: /register CONTRASEÑA"))
        #expect(lines[2...] == ["servidor: [ok] La cuenta Ana ya es tuya."])
        try ana.send("/register secreto1\nhola\n/quit\n")
        #expect(
            try await ana.rest() == [
                "servidor: [forbidden] Ya has entrado con una cuenta.", "Ana: hola",
                "Ana ha abandonado el chat.",
            ])
        let other = try await host.client()
        try other.send("ana: hola\n/register ANA secreto2\n/login ana secreto1\n")
        #expect(
            try await other.barrier() == [
                Self.registered, Self.registered, "Ana se ha unido al chat.", Self.entered("Ana"),
            ])
    }

    @Test func `a client without a name registers one and enters`() async throws {
        let host = try await host(FakeAccounts())
        let ana = try await host.client()
        try ana.send("/register secreto1\n/register \"Ana María\" secreto1\nhola\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [bad-arguments] Se usa así: /register CONTRASEÑA · "
                    + "/register NOMBRE CONTRASEÑA",
                "Ana María se ha unido al chat.",
                "servidor: [ok] La cuenta Ana María ya es tuya.", "Ana María: hola",
            ])
        let eva = try ChatClient(port: host.ports[0])
        try eva.send("eva: /register eva secreto1\n")
        #expect(
            try await eva.barrier()
                == ["eva se ha unido al chat.", "servidor: [ok] La cuenta eva ya es tuya."])
    }

    @Test func `names that can't be accounts are refused`() async throws {
        let host = try await host(FakeAccounts()) { $0.options.nameless = .guest }
        let bob = try await host.client("bob")
        let client = try await host.client()
        for (arguments, code) in [
            ("bob secreto1", "name-in-use"), ("BOB secreto1", "name-in-use"),
            ("servidor secreto1", "bad-name"), ("invitado-7 secreto1", "bad-name"),
            ("guest-7 secreto1", "bad-name"), ("ana~ secreto1", "bad-name"),
            ("10.0.0.1 secreto1", "bad-name"), ("10.0.0.0/8 secreto1", "bad-name"),
            ("1234 secreto1", "bad-name"), ("a:b secreto1", "bad-name"),
            ("ana secreto1 x", "bad-arguments"), ("ana corta", "bad-arguments"),
            ("", "bad-arguments"),
        ] {
            try client.send("/register \(arguments)\n")
            let lines = try await client.barrier()
            #expect(lines.count == 1 && lines[0].hasPrefix("servidor: [\(code)] "), "\(lines)")
        }
        // Nor is a guest's name, which was given.
        try client.send("hola\n/register secreto1\n")
        let lines = try await client.barrier()
        #expect(lines.last?.hasPrefix("servidor: [bad-name] ") == true)
        // Another name than one's own is nobody's to register.
        try bob.send("/register ana secreto1\n")
        #expect(try await bob.barrier().last?.hasPrefix("servidor: [bad-arguments] ") == true)
    }

    @Test func `where registration is closed it is forbidden`() async throws {
        let host = try await host(FakeAccounts(isRegistrationOpen: false))
        let ana = try await host.client("ana")
        try ana.send("/register secreto1\n")
        #expect(
            try await ana.barrier()
                == ["servidor: [forbidden] Aquí las cuentas las crea el administrador."])
    }

    @Test func `a banned name becomes no account`() async throws {
        let accounts = FakeAccounts([("jefa", "secreto1")])
        accounts.give(.admin, to: "jefa")
        let host = try await host(accounts)
        let boss = try await host.client()
        try boss.send("/login jefa secreto1\n/ban ana spam\n")
        try await boss.barrier()
        let ana = try await host.client()
        try ana.send("/register ana secreto1\n")
        #expect(try await ana.rest() == ["servidor: [forbidden] spam"])
        #expect(accounts.account(named: "ana") == nil)
        #expect(!accounts.isReserved("ana"))
    }

    @Test func `a registration that may not enter makes no account`() async throws {
        struct NoJoins: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                message.sender.name == "ana" ? .drop("no") : .pass
            }
        }
        let accounts = FakeAccounts()
        let step = Chain.Step(
            label: "test", condition: Condition(kinds: [.join]), middleware: NoJoins())
        let host = try await host(accounts) { $0.steps = [step] }
        let ana = try await host.client()
        try ana.send("/register ana secreto1\n/register ana secreto1\n/register eva secreto1\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [dropped] no", "servidor: [dropped] no",
                "eva se ha unido al chat.", "servidor: [ok] La cuenta eva ya es tuya.",
            ])
        #expect(accounts.account(named: "ana") == nil)
        #expect(!accounts.isReserved("ana"))
    }

    @Test func `who is gone before the answer has registered nothing`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let other = try await host.client("bob")
        let ana = try await host.client()
        accounts.hold()
        try ana.send("/register ana secreto1\n")
        try await other.barrier()
        ana.reset()
        // Read in an earlier turn of the loop than the answer comes.
        for _ in 0..<3 { try await other.barrier() }
        accounts.release()
        for _ in 0..<3 { try await other.barrier() }
        #expect(accounts.account(named: "ana") == nil)
        #expect(!accounts.isReserved("ana"))
    }

    // MARK: - Names that become accounts

    @Test func `who holds a name that becomes an account is renamed and told`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let ana = try await host.client("Ana")
        accounts.add("ana", password: "secreto1")
        #expect(
            try await ana.lines(2) == [
                "servidor: [info] Tu nombre es de una cuenta: ahora te llamas Ana~.",
                "Ana ahora es Ana~.",
            ])
        try ana.send("hola\nAna~: dos\nAna: tres\n")
        #expect(try await ana.barrier() == ["Ana~: hola", "Ana~: dos", "Ana~: Ana: tres"])
        let owner = try await host.client()
        try owner.send("/login ana secreto1\n")
        #expect(
            try await owner.barrier() == ["ana se ha unido al chat.", Self.entered("ana")])
    }

    @Test func `an owner who logs in takes the name from whoever has it`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let other = try await host.client("ana")
        accounts.addSilently("ana", password: "secreto1")
        let owner = try await host.client()
        try owner.send("/login ana secreto1\n")
        #expect(
            try await owner.barrier() == [
                "ana ahora es ana~.", "ana se ha unido al chat.", Self.entered("ana"),
                "servidor: [info] Otra persona llevaba tu nombre: ahora se llama ana~.",
            ])
        #expect(try await other.barrier().contains("ana ahora es ana~."))
    }

    @Test func `who has the name already and logs in keeps it`() async throws {
        let accounts = FakeAccounts()
        let host = try await host(accounts)
        let ana = try await host.client("ANA")
        accounts.addSilently("ana", password: "secreto1")
        try ana.send("/login ana secreto1\nhola\n/nick eva\n")
        let lines = try await ana.barrier()
        #expect(lines.prefix(2) == [Self.entered("ANA"), "ANA: hola"])
        #expect(lines.last?.hasPrefix("servidor: [forbidden] ") == true)
    }
}
