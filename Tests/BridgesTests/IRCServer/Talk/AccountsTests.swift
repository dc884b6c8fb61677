import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// Accounts, by SASL, by PASS and by NickServ.
@Suite(.timeLimit(.minutes(10))) struct AccountsTests {
    /// `ana`, with the password `contraseña`.
    private func host() async throws -> IRCHost {
        let accounts = FakeAccounts()
        accounts.addSilently("ana", password: "contraseña")
        return try await IRCHost(accounts: accounts)
    }

    @Test func `SASL logs in, and a name that is registered needs it`() async throws {
        let host = try await host()
        let thief = try host.socket()
        try thief.send("NICK ana", "USER x 0 * :x")
        #expect(try await thief.line()?.hasPrefix(":puente.irc 433 * ana") == true)
        let ana = try host.socket()
        try ana.send("CAP REQ :sasl", "NICK otra", "USER a 0 * :Ana", "AUTHENTICATE PLAIN")
        #expect(try await ana.until("+") == [":puente.irc CAP * ACK sasl", "AUTHENTICATE +"])
        // ana, ana, contraseña; then a wrong one.
        try ana.send("AUTHENTICATE YW5hAGFuYQBjb250cmFzZcOxYQ==", "CAP END")
        let welcome = try await ana.until("Welcome to puente, ana")
        #expect(welcome.map { $0.split(separator: " ")[1] } == ["900", "903", "001"])
        let second = try host.socket()
        try second.send("PASS contraseña", "NICK ana", "USER a 0 * :Ana")
        #expect(try await second.until("Welcome to puente, ana").count == 2)
        try second.send("JOIN #general", "PRIVMSG ana :a mí")
        #expect(try await second.until(":a mí").last == ":ana!a@irc PRIVMSG ana :a mí")
        #expect(try await ana.until(":a mí").last == ":ana!a@irc PRIVMSG ana :a mí")
        try await host.stop()
    }

    @Test func `a nick that stands for a registered name is its owner's`() async throws {
        let accounts = FakeAccounts()
        accounts.addSilently("Eva María", password: "contraseña")
        let host = try await IRCHost(accounts: accounts)
        let thief = try host.socket()
        try thief.send("NICK Eva_María", "USER x 0 * :x")
        #expect(try await thief.line()?.hasPrefix(":puente.irc 433 * Eva_María") == true)
        let other = try await host.chat("Eva_Mario")
        try other.send("/nick Eva_María\n")
        #expect(try await other.barrier().contains { $0.contains("[login-required]") })
        try await host.stop()
    }

    @Test func `another password ends a login that has not come to its end`() async throws {
        let (host, accounts, thief) = try await halfRegistered()
        accounts.setPassword(of: "ana", to: "contraseña2")
        #expect(try await thief.rest().last?.hasPrefix("ERROR") == true)
        try await host.stop()
    }

    @Test func `an account that is removed ends a login that has not come to its end`() async throws
    {
        let (host, accounts, ana) = try await halfRegistered()
        accounts.remove("ana")
        #expect(try await ana.rest().last?.hasPrefix("ERROR") == true)
        try await host.stop()
    }

    @Test func `an account has its present name at the end of a registration`() async throws {
        let (host, accounts, ana) = try await halfRegistered()
        accounts.rename("ana", to: "anna")
        await host.test.settle()
        try ana.send("CAP END")
        _ = try await ana.until("Welcome to puente, anna")
        try await host.stop()
    }

    @Test func `whoever is sent away before the end of a registration is gone`() async throws {
        let (host, _, ana) = try await halfRegistered()
        #expect(await host.test.bus.perform { $0.kick("ana", reason: "fuera") })
        #expect(try await ana.rest().last?.hasPrefix("ERROR") == true)
        try await host.stop()
    }

    /// A client that has logged in by SASL and has not ended its negotiation.
    private func halfRegistered() async throws -> (IRCHost, FakeAccounts, IRCTestClient) {
        let accounts = FakeAccounts()
        accounts.addSilently("ana", password: "contraseña")
        let host = try await IRCHost(accounts: accounts)
        let client = try host.socket()
        try client.send("CAP REQ :sasl", "NICK ana", "USER a 0 * :Ana", "AUTHENTICATE PLAIN")
        _ = try await client.until("+")
        try client.send("AUTHENTICATE YW5hAGFuYQBjb250cmFzZcOxYQ==")
        _ = try await client.until("logged in as ana.")
        return (host, accounts, client)
    }

    @Test func `a wrong password is refused everywhere`() async throws {
        let host = try await host()
        let bob = try await host.client("bob", "sasl", in: [])
        try bob.send("AUTHENTICATE PLAIN", "AUTHENTICATE YW5hAGFuYQBmYWxzbyBmYWxzbw==")
        #expect(try await bob.until("wrong.").last?.hasPrefix(":puente.irc 904 bob") == true)
        try bob.send("PRIVMSG NickServ :IDENTIFY ana falsofalso")
        #expect(
            try await bob.until("wrong.").last?.hasPrefix(":NickServ!services@puente.irc NOTICE")
                == true)
        try bob.send("PRIVMSG NickServ :IDENTIFY ana contraseña")
        let lines = try await bob.until("NOTICE ana :You are logged in as ana.")
        #expect(lines.contains(":bob!bob@irc NICK ana"))
        let wrong = try host.socket()
        try wrong.send("PASS falsofalso", "NICK ana", "USER a 0 * :Ana")
        #expect(
            try await wrong.rest().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
                == [":puente.irc 464", "ERROR :The"])
        try await host.stop()
    }

    @Test(arguments: [("Eva María", "Eva_María"), ("Eva_ María: 1", "Eva__María__1")])
    func `a message waits for an owner who is away, by the nick`(name: String, nick: String)
        async throws
    {
        let accounts = FakeAccounts()
        accounts.addSilently(name, password: "contraseña")
        accounts.addSilently("bob", password: "contraseña")
        let host = try await IRCHost(accounts: accounts)
        let bob = try await host.client("other")
        try bob.send("NS IDENTIFY bob contraseña")
        _ = try await bob.until("You are logged in as bob.")
        try bob.send("PRIVMSG \(nick) :hola", "PRIVMSG Eva_Mar :hola")
        let lines = try await bob.until("No such nick")
        #expect(lines.contains { $0.hasPrefix(":puente.irc 301 bob \(nick) :") })
        #expect(lines.last == ":puente.irc 401 bob Eva_Mar :No such nick")
        try await host.stop()
    }

    @Test func `an account that speaks for others says nothing in private`() async throws {
        let accounts = FakeAccounts()
        accounts.addSilently("ana", password: "contraseña")
        let host = try await IRCHost(accounts: accounts)
        let bob = try await host.client("bob")
        let account = try #require(accounts.account(named: "ana"))
        accounts.setRole(.relay, of: account.id) { _ in }
        let ana = try await host.client("other")
        try ana.send("NS IDENTIFY ana contraseña")
        _ = try await ana.until("You are logged in as ana.")
        try ana.send("PRIVMSG bob :psst", "PRIVMSG #general :eva: hola")
        #expect(
            try await ana.until("sends no private messages.").last?.contains("[forbidden]") == true)
        let lines = try await bob.until(":hola")
        #expect(!lines.contains { $0.contains("psst") })
        #expect(lines.last?.hasPrefix(":eva/ana!") == true)
        try await host.stop()
    }

    @Test func `only moderators send people away`() async throws {
        let accounts = FakeAccounts()
        accounts.addSilently("ana", password: "contraseña")
        let host = try await IRCHost(accounts: accounts)
        let ana = try await host.client("other")
        let bob = try await host.client("bob")
        let eva = try await host.client("eva")
        try ana.send("KICK #general bob")
        #expect(try await ana.until("moderators").last?.contains(" 482 ") == true)
        let account = try #require(accounts.account(named: "ana"))
        accounts.setRole(.moderator, of: account.id) { _ in }
        try ana.send("NS IDENTIFY ana contraseña")
        _ = try await ana.until("You are logged in as ana.")
        try ana.send("KICK #general bob :fuera")
        #expect(
            try await eva.until(":fuera").last == ":ana!other@irc KICK #general bob :fuera")
        #expect(try await bob.rest().last?.hasPrefix("ERROR :") == true)
        try await host.stop()
    }
}
