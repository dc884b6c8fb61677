import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// People as clients of IRC see them: nicks, coming and going, private words.
@Suite(.timeLimit(.minutes(10))) struct PeopleTests {
    @Test func `a nick is the name with its spaces and its bridge`() async throws {
        let host = try await IRCHost()
        let port = await host.test.port("telegram")
        let chat = try await host.chat("Ana María")
        let eva = try await host.client("eva")
        let other = try host.socket()
        try other.send("NICK Ana_María", "NICK a/b", "USER x 0 * :x", "NICK Ana_María")
        let refusals = try await other.until("is taken; choose another.")
        #expect(refusals.map { $0.split(separator: " ")[1] } == ["432", "433"])
        try await port.publish("hola", from: "Ana")
        #expect(
            try await eva.until("hola").last
                == ":Ana/telegram!telegram@telegram PRIVMSG #general :hola")
        try chat.send("buenas\n")
        #expect(
            try await eva.until("buenas").last == ":Ana_María!tcp@tcp PRIVMSG #general :buenas")
        try eva.send("WHOIS Ana_María")
        #expect(
            try await eva.barrier().first == ":puente.irc 311 eva Ana_María tcp tcp * :Ana María")
        // Somebody of elsewhere is on no list, but has spoken.
        try eva.send("WHOIS ana/telegram")
        #expect(
            try await eva.barrier() == [
                ":puente.irc 311 eva Ana/telegram telegram telegram * :Ana (telegram)",
                ":puente.irc 312 eva Ana/telegram puente.irc :by telegram",
                ":puente.irc 318 eva ana/telegram :End of /WHOIS list",
            ])
        try await host.stop()
    }

    @Test func `who was here is told, and who never was`() async throws {
        let host = try await IRCHost()
        let eva = try await host.client("eva")
        let ana = try await host.client("ana")
        try ana.send("PRIVMSG #general :hola", "SETNAME :Ana María", "QUIT")
        _ = try await eva.until("QUIT :Quit")
        try eva.send("WHOWAS ANA", "WHOWAS nadie", "WHOWAS eva", "WHOWAS", "WHOIS ana")
        #expect(
            try await eva.barrier() == [
                ":puente.irc 314 eva ana ana irc * :Ana María",
                ":puente.irc 312 eva ana puente.irc :by irc",
                ":puente.irc 369 eva ANA :End of WHOWAS",
                ":puente.irc 406 eva nadie :There was no such nickname",
                ":puente.irc 369 eva nadie :End of WHOWAS",
                ":puente.irc 406 eva eva :There was no such nickname",
                ":puente.irc 369 eva eva :End of WHOWAS", ":puente.irc 431 eva :No nickname given",
                ":puente.irc 401 eva ana :No such nick",
                ":puente.irc 318 eva ana :End of /WHOIS list",
            ])
        try await host.stop()
    }

    @Test func `who shares two channels is told once`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana", in: ["general", "otra"])
        let eva = try await host.client("eva", in: ["general", "otra"])
        try await ana.barrier()
        try eva.send("NICK evita")
        #expect(try await eva.barrier() == [":eva!eva@irc NICK evita"])
        #expect(try await ana.barrier() == [":eva!eva@irc NICK evita"])
        try eva.send("QUIT :adiós")
        #expect(try await eva.rest() == ["ERROR :Quit: adiós"])
        #expect(try await ana.barrier() == [":evita!eva@irc QUIT :Quit: adiós"])
        try await host.stop()
    }

    @Test func `a nick that somebody has is refused, and free when they are gone`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana")
        let other = try host.socket()
        try other.send("NICK Ana", "USER x 0 * :x")
        #expect(try await other.line()?.hasPrefix(":puente.irc 433 * Ana :") == true)
        try ana.send("QUIT")
        _ = try await ana.rest()
        try other.send("NICK ana")
        #expect(try await other.until("Welcome to puente, ana").count > 0)
        try await host.stop()
    }

    @Test func `private words reach one person, whatever they speak`() async throws {
        let host = try await IRCHost()
        let chat = try await host.chat("bob")
        let ana = try await host.client("ana", "echo-message", in: [])
        let eva = try await host.client("eva", in: [])
        try ana.send("PRIVMSG bob :psst", "PRIVMSG eva :hola", "PRIVMSG nadie :x")
        #expect(
            try await ana.barrier() == [
                ":ana!ana@irc PRIVMSG bob :psst", ":ana!ana@irc PRIVMSG eva :hola",
                ":puente.irc 401 ana nadie :No such nick",
            ])
        #expect(try await eva.barrier() == [":ana!ana@irc PRIVMSG eva :hola"])
        try chat.send("/msg ana dime\n")
        #expect(
            try await chat.barrier() == [
                "ana → bob (private): psst", "bob → ana (private): dime",
            ])
        #expect(try await ana.barrier() == [":bob!tcp@tcp PRIVMSG ana :dime"])
        try eva.send("AWAY :comiendo")
        try await eva.barrier()
        try ana.send("PRIVMSG eva :¿estás?")
        #expect(
            try await ana.barrier() == [
                ":ana!ana@irc PRIVMSG eva :¿estás?", ":puente.irc 301 ana eva comiendo",
            ])
        try await host.stop()
    }

    @Test func `nicks are watched on every bridge`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana", in: [])
        try ana.send("MONITOR + bob,eva")
        #expect(try await ana.barrier() == [":puente.irc 731 ana bob,eva"])
        let chat = try await host.chat("bob")
        #expect(try await ana.line() == ":puente.irc 730 ana bob!tcp@tcp")
        try chat.send("/quit\n")
        #expect(try await ana.line() == ":puente.irc 731 ana bob")
        try await host.stop()
    }

    @Test func `nobody joins what is no room`() async throws {
        let host = try await IRCHost()
        let ana = try await host.client("ana", in: [])
        try ana.send("JOIN #generla,&x", "JOIN #otra", "LIST")
        let lines = try await ana.barrier()
        #expect(
            lines == [
                ":puente.irc 403 ana #generla :No such channel; did you mean #general?",
                ":puente.irc 403 ana &x :No such channel", ":ana!ana@irc JOIN #otra",
                ":puente.irc 353 ana = #otra :ana",
                ":puente.irc 366 ana #otra :End of /NAMES list",
                ":puente.irc 321 ana Channel :Users  Name", ":puente.irc 322 ana #general 0 :",
                ":puente.irc 322 ana #otra 1 :", ":puente.irc 323 ana :End of list",
            ])
        try await host.stop()
    }
}
