import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The powers of moderators and admins, and their effect on others.
@Suite(.timeLimit(.minutes(10))) struct ChatModerationTests {
    private static let onlyModerators = "servidor: [forbidden] Eso es para moderadores."
    private static let onlyAdmins = "servidor: [forbidden] Eso es para administradores."
    private static let notThem = "servidor: [forbidden] Sobre esa persona no puedes decidir."

    /// A host with an admin, two moderators and a member, and a client of each that is asked for.
    private func host(
        _ change: (inout ChatHost.Bridge) -> Void = { _ in }
    ) async throws -> (ChatHost, FakeAccounts) {
        let accounts = FakeAccounts(
            ["jefa", "mod", "otra", "ana"].map { ($0, "secreto1") })
        accounts.give(.admin, to: "jefa")
        accounts.give(.moderator, to: "mod")
        accounts.give(.moderator, to: "otra")
        return (try await ChatHost(accounts: accounts, change), accounts)
    }

    private func logIn(_ name: String, _ host: ChatHost) async throws -> ChatClient {
        let client = try await host.client()
        try client.send("/login \(name) secreto1\n")
        _ = try await client.barrier()
        return client
    }

    // MARK: - Rights

    @Test(arguments: [
        "/kick bob", "/ban bob", "/unban bob", "/bans", "/mute bob", "/unmute bob",
    ])
    func `members and people without an account moderate nobody`(command: String) async throws {
        let (host, _) = try await host()
        // Who is let go leaves, and is heard to.
        let bob = try await host.client("bob")
        let eve = try await host.client("eve")
        try eve.send("\(command)\n")
        #expect(try await eve.barrier() == [Self.onlyModerators])
        let ana = try await logIn("ana", host)
        try ana.send("\(command)\n")
        #expect(try await ana.barrier() == [Self.onlyModerators])
        withExtendedLifetime(bob) {}
    }

    @Test(arguments: ["/announce hola", "/role ana admin"])
    func `moderators are no admins`(command: String) async throws {
        let (host, _) = try await host()
        let mod = try await logIn("mod", host)
        try mod.send("\(command)\n")
        #expect(try await mod.barrier() == [Self.onlyAdmins])
    }

    @Test(arguments: ["/kick", "/ban", "/mute", "/unmute", "/unban"])
    func `moderators can't act on moderators, admins and themselves`(
        command: String
    ) async throws {
        let (host, _) = try await host()
        let others = try await (logIn("otra", host), logIn("jefa", host))
        defer { withExtendedLifetime(others) {} }
        let mod = try await logIn("mod", host)
        for other in ["otra", "OTRA", "jefa", "mod"] {
            try mod.send("\(command) \(other)\n")
            #expect(try await mod.barrier() == [Self.notThem])
        }
    }

    // MARK: - Kick

    @Test func `somebody sent away is told why, and may come back`() async throws {
        let (host, _) = try await host()
        let bob = try await host.client("bob")
        let mod = try await logIn("mod", host)
        _ = try await bob.barrier()
        try mod.send("/kick BOB deja de gritar\n")
        #expect(
            try await mod.barrier() == [
                "bob ha abandonado el chat.", "servidor: [ok] Has echado a bob.",
            ])
        #expect(
            try await bob.rest() == [
                "servidor: [forbidden] deja de gritar", "bob ha abandonado el chat.",
            ])
        let entry = await host.test.log.first { $0.sentence.contains("away") }
        #expect(entry.sentence == #""mod" sends "bob" away: "deja de gritar""#)
        let back = try await host.client("bob")
        try back.send("hola\n")
        #expect(try await back.barrier() == ["bob: hola"])
    }

    // MARK: - Bans

    @Test func `a banned name is sent away, and kept out however it is spelled`() async throws {
        let (host, _) = try await host()
        let bob = try await host.client("Bob")
        let mod = try await logIn("mod", host)
        _ = try await bob.barrier()
        try mod.send("/ban bob 10m basta\n")
        let answer = try #require(try await mod.line())
        #expect(answer.hasPrefix("servidor: [ok] Bob no puede entrar hasta 20"))
        #expect(
            try await bob.rest() == [
                "servidor: [forbidden] basta", "Bob ha abandonado el chat.",
            ])
        for line in ["bob: hola", "/nick ＢＯＢ", "BOB se ha unido al chat."] {
            let client = try await host.client()
            try client.send("\(line)\n")
            #expect(try await client.rest() == ["servidor: [forbidden] basta"])
        }
        try mod.send("/bans\n")
        let list = try await mod.barrier()
        #expect(list.contains { $0.hasPrefix("servidor: [info] Bob: prohibido por mod hasta ") })
        #expect(list.last == "servidor: [ok] 1")
        try mod.send("/unban bob\n/unban bob\n")
        #expect(
            try await mod.barrier() == [
                "servidor: [ok] bob: restricción retirada.",
                "servidor: [unknown-user] No hay ninguna prohibición así.",
            ])
        let back = try await host.client("bob")
        try back.send("hola\n")
        #expect(try await back.barrier() == ["bob: hola"])
    }

    @Test func `an address is refused at once, and its connections are closed`() async throws {
        let (host, accounts) = try await host()
        let silent = try await host.client(from: "127.0.0.9")
        let named = try await host.client("bob", from: "127.0.0.9")
        let other = try await host.client("eve")
        let block = try #require(AddressBlock("127.0.0.9"))
        // As the command line does, which may ban what a moderator can't.
        await host.test.bus.perform { _ in
            accounts.add(
                Ban(
                    of: .addresses(block), shown: "127.0.0.9", by: "", reason: "",
                    at: Timestamp(milliseconds: 0), until: nil), then: { _ in })
        }
        #expect(try await silent.rest().last == "servidor: [forbidden] Aquí no puedes entrar.")
        #expect(
            try await named.rest().contains("servidor: [forbidden] Aquí no puedes entrar."))
        let late = try ChatClient(port: host.ports[0], from: "127.0.0.9")
        #expect(try await late.rest() == ["servidor: [forbidden] Aquí no puedes entrar."])
        try other.send("hola\n")
        #expect(try await other.barrier().last == "eve: hola")
    }

    @Test(arguments: ["127.0.0.1", "127.1.0.0/16", "::1", "::/64", "::ffff:127.0.0.1"])
    func `addresses of the giver and of this machine can't be banned`(
        address: String
    ) async throws {
        let (host, accounts) = try await host()
        let mod = try await logIn("jefa", host)
        try mod.send("/ban \(address)\n")
        #expect(
            try await mod.barrier() == [
                "servidor: [forbidden] Eso os incluiría a ti, a esta máquina, a un proxy o a un moderador."
            ])
        #expect(accounts.bans.isEmpty)
    }

    @Test func `no address of this machine's can be banned`() async throws {
        let (host, accounts) = try await host()
        let mod = try await logIn("jefa", host)
        let own = SocketAddress.hostsOfThisMachine.map { ClientAddress($0) }
        #expect(own.contains { $0.family == .ipv4 })
        for address in own {
            try mod.send("/ban \(address)\n")
            #expect(try await mod.barrier().last?.contains("[forbidden]") == true, "\(address)")
        }
        #expect(accounts.bans.isEmpty)
    }

    @Test(arguments: ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/31", "::/0"])
    func `blocks are limited`(block: String) async throws {
        let (host, accounts) = try await host()
        let mod = try await logIn("mod", host)
        try mod.send("/ban \(block)\n")
        #expect(
            try await mod.barrier() == [
                "servidor: [bad-arguments] Un bloque va de /16 a /32, o de /32 a /64 en IPv6."
            ])
        try mod.send("/ban 203.0.113.0/24 1h spam\n")
        #expect(try await mod.barrier().count == 1)
        #expect(accounts.bans.map(\.shown) == ["203.0.113.0/24"])
        #expect(accounts.bans.map(\.reason) == ["spam"])
        let ban = try #require(accounts.bans.first)
        #expect(ban.end?.milliseconds == ban.time.milliseconds + 3_600_000)
    }

    // MARK: - Mutes

    @Test func `who is muted neither speaks, answers, whispers nor changes names`() async throws {
        let (host, _) = try await host()
        let eve = try await host.client("eve")
        let bob = try await host.client("bob")
        let mod = try await logIn("mod", host)
        try eve.send("hola\n")
        _ = try await eve.barrier()
        _ = try await bob.barrier()
        try mod.send("/mute bob 1h\n")
        _ = try await mod.barrier()
        let refused = "servidor: [forbidden] No puedes hablar: te han silenciado."
        try bob.send("a\nbob: b\n/me c\n/reply eve d\n/msg eve e\n//f\n/reply #1 g\n")
        let answers = try await bob.barrier()
        #expect(answers.filter { $0 == refused }.count >= 6)
        #expect(!answers.contains { $0.hasPrefix("bob: ") || $0.contains("→") })
        try bob.send("/nick bobby\n")
        #expect(
            try await bob.barrier() == [
                "servidor: [forbidden] Te han silenciado: ahora no puedes hablar ni cambiar de "
                    + "nombre."
            ])
        let again = try await host.client()
        try bob.send("/quit\n")
        _ = try await bob.rest()
        try again.send("ＢＯＢ: hola\n")
        #expect(try await again.barrier().last == refused)
        try mod.send("/unmute bob\n")
        #expect(
            try await mod.barrier().last == "servidor: [ok] ＢＯＢ: restricción retirada.")
        try again.send("hola\n")
        #expect(try await again.barrier() == ["ＢＯＢ: hola"])
    }

    @Test(arguments: [
        "/mute bob 5min", "/mute bob 10 m", "/mute bob porque sí", "/ban bob 5", "/ban bob 5M x",
        "/ban bob 1h30m", "/ban bob 1.5h", "/ban bob 2h.", "/ban bob 7d: x", "/ban bob 2026-12-01",
        "/ban bob ３d", "/mute bob 1h30m", "/ban 192.0.2.7 1h30m",
    ])
    func `a mistyped duration is not for ever`(command: String) async throws {
        let (host, _) = try await host()
        let bob = try await host.client("bob")
        let mod = try await logIn("mod", host)
        _ = try await bob.barrier()
        try mod.send("\(command)\n")
        #expect(try await mod.barrier().last?.contains("[bad-arguments]") == true)
        try bob.send("hola\n")
        #expect(try await bob.barrier().contains("bob: hola"))
    }

    @Test(arguments: ["/ban Carla (nowhere) x", "/mute Carla (nowhere)"])
    func `somebody of a bridge that is not there is nobody`(command: String) async throws {
        let (host, _) = try await host()
        let mod = try await logIn("mod", host)
        try mod.send("\(command)\n")
        #expect(try await mod.barrier().last?.contains("[unknown-user]") == true)
        let carla = try await host.client("Carla")
        try carla.send("hola\n")
        #expect(try await carla.barrier().contains("Carla: hola"))
    }

    @Test func `who is muted keeps the account`() async throws {
        let (host, _) = try await host()
        let ana = try await logIn("ana", host)
        let mod = try await logIn("mod", host)
        try mod.send("/mute ana 1h\n")
        _ = try await mod.barrier()
        try ana.send("/unregister secreto1\n")
        #expect(try await ana.barrier().last?.hasPrefix("servidor: [forbidden] Te han") == true)
    }

    @Test func `people of other networks are muted and banned in the bus`() async throws {
        let (host, _) = try await host()
        let mod = try await logIn("mod", host)
        let port = await host.port("telegram")
        var draft = Draft("hola", from: "Ana")
        draft.identity = "7"
        _ = try await port.publish(draft)
        _ = try await mod.barrier()
        try mod.send("/mute Ana (telegram)\n")
        #expect(
            try await mod.barrier() == ["servidor: [ok] Ana (telegram) no puede hablar."])
        #expect(
            try await port.publish(draft).verdict
                == .drop("No puedes hablar: te han silenciado.", code: "forbidden"))
        // The same person there, by another name.
        draft.name = "Otra"
        #expect(try await port.publish(draft).verdict != .pass)
        draft.identity = "8"
        #expect(try await port.publish(draft).verdict == .pass)
        try mod.send("/unmute Ana (telegram)\n/ban \"Otra\" (telegram) fuera\n")
        _ = try await mod.barrier()
        #expect(
            try await port.publish(draft).verdict == .drop("fuera", code: "forbidden"))
    }

    // MARK: - Admins

    @Test func `an announcement reaches everybody on this bus and no other network`() async throws {
        let (host, _) = try await host()
        let port = await host.port("telegram")
        let nameless = try await host.client()
        let jefa = try await logIn("jefa", host)
        _ = try await nameless.barrier()
        try jefa.send("/announce a las diez paramos\n")
        #expect(try await jefa.barrier() == ["servidor: [announce] a las diez paramos"])
        #expect(try await nameless.barrier() == ["servidor: [announce] a las diez paramos"])
        try jefa.send("hola\n")
        var messages = port.messages.makeAsyncIterator()
        var next = await messages.next()
        while next?.kind == .join { next = await messages.next() }
        #expect(next?.text == "hola")
    }

    @Test func `roles take effect at once, and the last admin stays one`() async throws {
        let (host, _) = try await host()
        let jefa = try await logIn("jefa", host)
        let ana = try await logIn("ana", host)
        _ = try await jefa.barrier()
        try jefa.send("/role ana moderator\n/role jefa member\n/role nadie admin\n/role ana rey\n")
        #expect(
            try await jefa.barrier() == [
                "servidor: [ok] ana es moderator.",
                "servidor: [forbidden] No puede ser: es el último administrador, o su nombre es el de "
                    + "un puente o un token.",
                "servidor: [unknown-user] No hay ninguna cuenta con ese nombre.",
                "servidor: [bad-arguments] Se usa así: /role NOMBRE PAPEL",
            ])
        try ana.send("/bans\n")
        #expect(try await ana.barrier() == ["servidor: [ok] 0"])
    }

    @Test func `the last admin stays`() async throws {
        let (host, _) = try await host()
        let boss = try await logIn("jefa", host)
        try boss.send("/unregister secreto1\n")
        #expect(
            try await boss.barrier() == [
                "servidor: [forbidden] Eres el último administrador: nombra antes a otra persona."
            ])
    }

    // MARK: - The log

    @Test func `only what was done is logged`() async throws {
        let (host, accounts) = try await host()
        let boss = try await logIn("jefa", host)
        try boss.send("/role jefa member\n/unban nadie\n/unmute nadie\n/kick nadie\n")
        let refused = try await boss.barrier()
        #expect(refused.count == 4 && !refused.contains { $0.contains("[ok]") }, "\(refused)")
        let acts = { host.test.log.sentences.filter { $0.hasPrefix("\"jefa\" ") } }
        #expect(acts() == [])
        try boss.send("/role ana moderator\n/mute nadie\n/unmute nadie\n/announce hola\n")
        try await boss.barrier()
        #expect(
            acts() == [
                "\"jefa\" gives \"ana\" the role moderator",
                "\"jefa\" lifts the mute on \"nadie\"", "\"jefa\" announces \"hola\"",
            ])
        // Also of somebody who has not waited for the answer.
        accounts.hold()
        try boss.send("/role ana member\n")
        try await host.client("bob").barrier()
        boss.close()
        accounts.release()
        let last = "\"jefa\" gives \"ana\" the role member"
        #expect(await host.test.log.first { $0.sentence == last }.sentence == last)
    }
}
