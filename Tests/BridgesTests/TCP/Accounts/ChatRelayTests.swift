import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Accounts that speak for people of elsewhere.
@Suite(.timeLimit(.minutes(10))) struct ChatRelayTests {
    private func host(_ middlewares: [any Middleware] = []) async throws -> ChatHost {
        let accounts = FakeAccounts([("bot", "secreto1"), ("mod", "secreto1")])
        accounts.give(.relay, to: "bot")
        accounts.give(.moderator, to: "mod")
        return try await ChatHost(middlewares: middlewares, accounts: accounts)
    }

    private func logIn(_ name: String, _ host: ChatHost) async throws -> ChatClient {
        let client = try await host.client()
        try client.send("/login \(name) secreto1\n")
        while try await client.line()?.hasPrefix("servidor: [ok] ") == false {}
        return client
    }

    /// Returns what has come: a relay has no commands, so bytes that are no text end a reading.
    private func lines(_ client: ChatClient) async throws -> [String] {
        try client.send([0xFF, 0x0A])
        var lines: [String] = []
        while let line = try await client.line(), !line.hasPrefix("servidor: [bad-text]") {
            lines.append(line)
        }
        return lines
    }

    @Test func `what it says for others carries its name, always as text`() async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        let bot = try await host.client()
        try bot.send("/login bot secreto1\n")
        #expect(try await bot.line() == "servidor: [ok] Has entrado con la cuenta bot.")
        try bot.send("Ana: hola\nana: /quit\nana: //x\nana: mod: y\nbob: /login mod secreto1\n")
        try bot.send("bot: soy yo\nbot: /help\nAna:\n")
        #expect(
            try await lines(bot) == [
                "Ana (bot): hola", "ana (bot): /quit", "ana (bot): //x", "ana (bot): mod: y",
                "bob (bot): /login mod secreto1", "bot: soy yo", "bot: /help",
            ])
        // Nobody was told of a join.
        #expect(try await bob.barrier().first == "Ana (bot): hola")
    }

    @Test func `what it says is marked as a program's, what people say is not`() async throws {
        let host = try await host()
        let reader = await host.test.port("reader")
        var messages = reader.messages.makeAsyncIterator()
        let bob = try await host.client("bob")
        let bot = try await logIn("bot", host)
        try bot.send("Ana: uno\nbot: dos\nbot: tres\nAna: cuatro\n")
        _ = try await lines(bot)
        try bob.send("bob: cinco\n")
        var marks: [String: Bool] = [:]
        while marks.count < 5, let message = await messages.next() {
            if message.kind == .message { marks[message.text] = message.isAutomatic }
        }
        #expect(
            marks == ["uno": true, "dos": true, "tres": true, "cuatro": true, "cinco": false])
    }

    @Test func `joins and leaves are not announced, and names obey the rules`() async throws {
        let host = try await host()
        let bob = try await host.client("bob")
        let bot = try await logIn("bot", host)
        try bot.send("Ana se ha unido al chat.\nAna ha abandonado el chat.\n")
        try bot.send("se(rvidor: x\nservidor: x\nx~: x\ninvitado-7: x\nhola\n/who\n/nick otro\n")
        let lines = try await lines(bot)
        #expect(lines.prefix(4).allSatisfy { $0.hasPrefix("servidor: [bad-name] ") })
        #expect(
            lines.dropFirst(4) == [
                "servidor: [need-name] Primero di quién eres: NOMBRE: TEXTO, o /nick NOMBRE",
                "servidor: [forbidden] Una cuenta relay solo tiene /login y /quit; lo demás: "
                    + "NOMBRE: TEXTO",
                "servidor: [forbidden] Una cuenta relay solo tiene /login y /quit; lo demás: "
                    + "NOMBRE: TEXTO",
            ])
        #expect(try await bob.barrier().isEmpty)
        try bot.send("/quit\n")
        _ = try await bot.rest()
        try bob.send("/who\n")
        #expect(try await bob.barrier().last == "servidor: [ok] 1")
    }

    @Test func `those it speaks for are muted and banned one by one`() async throws {
        let host = try await host()
        let bot = try await logIn("bot", host)
        let mod = try await logIn("mod", host)
        try bot.send("Ana: uno\nBea: uno\n")
        _ = try await lines(bot)
        _ = try await mod.barrier()
        try mod.send("/mute Ana (bot)\n/ban Cleo (bot) fuera\n")
        #expect(
            try await mod.barrier() == [
                "servidor: [ok] Ana (bot) no puede hablar.",
                "servidor: [ok] Cleo (bot) no puede entrar.",
            ])
        try bot.send("ＡＮＡ: dos\nBea: dos\nCLEO: dos\n")
        #expect(
            try await lines(bot).sorted() == [
                "Bea (bot): dos", "servidor: [forbidden] No puedes hablar: te han silenciado.",
                "servidor: [forbidden] fuera",
            ])
        // The account itself.
        try mod.send("/mute bot\n")
        _ = try await mod.barrier()
        try bot.send("Bea: tres\n")
        #expect(
            try await bot.line() == "servidor: [forbidden] No puedes hablar: te han silenciado.")
    }
}
