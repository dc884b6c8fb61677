import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// The people that `/msg` and `/reply` mean by a name: no text goes to somebody else.
@Suite(.timeLimit(.minutes(10))) struct ChatAddresseeTests {
    private static let unknown = "servidor: [unknown-user] Aquí no hay nadie con ese nombre."
    private static let nothing =
        "servidor: [unknown-message] En esta sala no ha dicho nada que se pueda responder."

    private static func unclear(_ verb: String) -> String {
        "servidor: [bad-arguments] No está claro a quién: escribe el nombre entero y entre comillas, "
            + "/\(verb) \"NOMBRE\" TEXTO"
    }

    @Test(arguments: [
        "/msg Ana (telegram) el pin es 1234", "/msg ANA (Telegram) el pin",
        "/msg Ana  (telegram) x",
        "/msg \"Ana\" (telegram) el pin", "/msg \"Ana (telegram)\" el pin",
    ])
    func `a message for somebody elsewhere does not reach a namesake here`(
        line: String
    ) async throws {
        let host = try await ChatHost()
        let telegram = await host.port("telegram")
        _ = await host.port("tcp2")
        let ana = try await host.client("Ana")
        let bob = try await host.client("bob")
        try await telegram.publish("hola", from: "Ana")
        try bob.send("\(line)\n/msg Ana (tcp2) x\n")
        let elsewhere = "servidor: [forbidden] A otras redes no llegan mensajes privados."
        #expect(try await bob.barrier() == ["Ana (telegram): hola", elsewhere, Self.unknown])
        #expect(
            try await ana.barrier() == ["bob se ha unido al chat.", "Ana (telegram): hola"])
    }

    @Test(arguments: [
        "\"Ana\"(telegram) pin", "Ana (telegram), pin", "Ana (telegram): pin",
        "Ana ( telegram ) pin",
        "Ana \u{FF08}telegram\u{FF09} pin", "Ana \u{200B}(telegram) pin", "Ana (telegram)pin",
    ])
    func `parentheses that are not written as the bus writes them are refused as unclear`(
        arguments: String
    ) async throws {
        let host = try await ChatHost()
        _ = await host.port("telegram")
        let ana = try await host.client("Ana")
        let bob = try await host.client("bob")
        try bob.send("/msg \(arguments)\n")
        #expect(try await bob.barrier() == [Self.unclear("msg")])
        #expect(try await ana.barrier() == ["bob se ha unido al chat."])
        try bob.send("/msg Ana (: hola\n")
        #expect(try await bob.barrier() == ["bob → Ana (privado): (: hola"])
    }

    @Test(arguments: ["/msg Ana (bot) x", "/msg ANA (Bot) x"])
    func `whom a relay account has spoken for is elsewhere, and not a namesake here`(
        line: String
    ) async throws {
        let accounts = FakeAccounts([("bot", "secreto1")])
        accounts.give(.relay, to: "bot")
        let host = try await ChatHost(accounts: accounts)
        let ana = try await host.client("Ana")
        let bob = try await host.client("bob")
        let bot = try await host.client()
        try bot.send("/login bot secreto1\n")
        _ = try await bot.line()
        try bob.send("\(line)\n")
        #expect(try await bob.barrier() == [Self.unknown])
        try bot.send("Ana: hola\n")
        _ = try await bot.line()
        _ = try await bob.barrier()
        try bob.send("\(line)\n")
        #expect(
            try await bob.barrier() == [
                "servidor: [forbidden] A otras redes no llegan mensajes privados."
            ])
        #expect(
            try await ana.barrier() == ["bob se ha unido al chat.", "Ana (bot): hola"])
    }

    @Test func `parentheses that are nobody's are in nobody's text either, unless in quotes`()
        async throws
    {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("/msg ana (jaja) hola\n/msg nadie (jaja) hola\n/msg ana (por cierto) hola\n")
        try ana.send("/msg \"ana\" (jaja) hola\n/msg ana (tcp) hola\n/msg ana (tcp)\n")
        #expect(
            try await ana.barrier() == [
                Self.unclear("msg"), Self.unknown, "ana → ana (privado): (por cierto) hola",
                "ana → ana (privado): (jaja) hola", "ana → ana (privado): hola",
                "servidor: [bad-arguments] Se usa así: /msg NOMBRE TEXTO",
            ])
    }

    @Test func `a name with spaces needs quotes, also within the hour after its owner left`()
        async throws
    {
        let host = try await ChatHost()
        let ana = try await host.client("Ana")
        let other = try await host.client("Ana María")
        let bob = try await host.client("bob")
        _ = try await ana.barrier()
        let lines = [
            "/msg Ana María secreto", "/msg ana  MARÍA secreto", "/msg Ana María, ¿estás?",
            "/msg ANA mari\u{301}a: x", "/msg Ａna María",
        ]
        for line in lines {
            try bob.send("\(line)\n")
            #expect(try await bob.barrier() == [Self.unclear("msg")])
        }
        try bob.send("/msg \"ana maría\" para ella\n/msg Ana Marías\n/msg \"Ana\" María sola\n")
        _ = try await bob.barrier()
        #expect(try await other.lines(2).last == "bob → Ana María (privado): para ella")
        #expect(
            try await ana.barrier() == [
                "bob → Ana (privado): Marías", "bob → Ana (privado): María sola",
            ])
        try other.send("/quit\n")
        _ = try await other.rest()
        _ = try await ana.barrier()
        host.test.advance(by: .seconds(3_599))
        for line in lines + ["/msg \"Ana María\" x"] {
            try bob.send("\(line)\n")
            #expect(try await bob.barrier().last?.hasPrefix("servidor: [") == true)
        }
        #expect(try await ana.barrier() == [])
        host.test.advance(by: .seconds(2))
        try bob.send("/msg Ana María es libre\n")
        #expect(try await bob.barrier() == ["bob → Ana (privado): María es libre"])
    }

    @Test func `a name that somebody gave up within the hour counts too`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("Ana")
        let other = try await host.client("Ana María")
        try other.send("/nick eva\n")
        _ = try await other.barrier()
        _ = try await ana.barrier()
        try ana.send("/msg Ana María hola\n")
        #expect(try await ana.barrier() == [Self.unclear("msg")])
        try other.send("/nick Ana María\n")
        _ = try await other.barrier()
        try ana.send("/msg \"Ana María\" hola\n")
        #expect(try await ana.barrier().last == "Ana → Ana María (privado): hola")
    }

    @Test func `quotes without an end, or around nothing, name nobody`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("/msg \"ana hola\n/msg \"\" hola\n/msg \"ana\"\n/msg \"ana\"hola\n")
        let usage = "servidor: [bad-arguments] Se usa así: /msg NOMBRE TEXTO"
        #expect(try await ana.barrier() == [usage, usage, usage, "ana → ana (privado): hola"])
    }

    @Test func `a speaker on another bridge is found by the plain name if only one is meant`()
        async throws
    {
        let host = try await ChatHost()
        let (telegram, other) = (await host.port("telegram"), await host.port("grupo"))
        let bob = try await host.client("bob")
        try await telegram.publish("hola", from: "Ana")
        try await telegram.publish("buenas", from: "Ana López")
        try bob.send("/reply Ana (telegram) uno\n/reply \"Ana\" dos\n/reply ana (nadie) x\n")
        try bob.send(
            "/reply Ana López tres\n/reply \"Ana López\" cuatro\n/reply Ana López (telegram) x\n")
        try bob.send("/reply \"ana lópez\" (telegram) cinco\n/reply Ana seis\n")
        let said = ["Ana (telegram): hola", "Ana López (telegram): buenas"]
        #expect(
            try await bob.barrier() == said + [
                "bob: [↩ Ana (telegram): hola] uno", "bob: [↩ Ana (telegram): hola] dos",
                Self.unknown, Self.unclear("reply"),
                "bob: [↩ Ana López (telegram): buenas] cuatro", Self.unclear("reply"),
                "bob: [↩ Ana López (telegram): buenas] cinco",
                "bob: [↩ Ana (telegram): hola] seis",
            ])
        try await other.publish("yo también", from: "Ana")
        try bob.send("/reply Ana siete\n/reply Ana (grupo) ocho\n")
        #expect(
            try await bob.barrier() == [
                "Ana (grupo): yo también", Self.unclear("reply"),
                "bob: [↩ Ana (grupo): yo también] ocho",
            ])
        let ana = try await host.client("Ana")
        try bob.send("/reply Ana nueve\n")
        #expect(try await bob.barrier() == ["Ana se ha unido al chat.", Self.nothing])
        withExtendedLifetime(ana) {}
    }

    @Test func `an answer by the new name finds what was said under the old one`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        try ana.send("uno\n/nick eva\n/nick zoe\n")
        _ = try await ana.barrier()
        _ = try await bob.barrier()
        try bob.send("/reply zoe a\n/reply eva b\n/reply ana c\n/reply nadie d\n")
        let quoted = "bob: [↩ ana: uno]"
        #expect(
            try await bob.barrier() == ["\(quoted) a", "\(quoted) b", "\(quoted) c", Self.unknown])
        try ana.send("/quit\n")
        _ = try await ana.rest()
        _ = try await bob.barrier()
        try bob.send("/reply zoe e\n")
        #expect(try await bob.barrier() == ["\(quoted) e"])
    }
}
