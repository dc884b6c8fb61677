import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Private messages of people who are logged in: stored for them alone, and left while away.
@Suite(.timeLimit(.minutes(10))) struct ChatPrivateMessageTests {
    private let accounts = FakeAccounts([
        ("ana", "secreto1"), ("bob", "secreto1"), ("eva", "secreto1"),
    ])

    private func host(rooms: [String] = ["general"]) async throws -> ChatHost {
        try await ChatHost(rooms: rooms, accounts: accounts)
    }

    private func owner(
        _ name: String, _ host: ChatHost, reads: Bool = true
    ) async throws -> ChatClient {
        let client = try await host.client()
        try client.send("/login \(name) secreto1\n")
        if reads { _ = try await client.barrier() }
        return client
    }

    /// Returns lines of a list without their numbers and times.
    private func plain(_ lines: [String]) -> [String] {
        lines.map { line in
            guard line.hasPrefix("servidor: [info] #") else { return line }
            return line.split(separator: " ", maxSplits: 5).last.map(String.init) ?? line
        }
    }

    /// Returns the number of the first listed message, as `#7`.
    private func number(in lines: [String]) throws -> String {
        let line = try #require(lines.first { $0.hasPrefix("servidor: [info] #") })
        return String(line.split(separator: " ")[2])
    }

    @Test func `each connection of the two reads it once, in any room`() async throws {
        let host = try await host(rooms: ["general", "otra"])
        let anas = [try await owner("ana", host), try await owner("ana", host)]
        let bobs = [try await owner("bob", host), try await owner("bob", host)]
        let eva = try await owner("eva", host)
        try bobs[1].send("/join otra\n")
        for client in anas + bobs + [eva] { _ = try await client.barrier() }
        try bobs[0].send("/msg ana psst\n")
        try await bobs[0].barrier()
        for (index, client) in (anas + bobs).enumerated() where index != 2 {
            #expect(try await client.barrier() == ["bob → ana (privado): psst"], "\(index)")
        }
        #expect(try await eva.barrier() == [])
        try anas[0].send("/msg ANA nota\n")
        #expect(try await anas[0].barrier() == ["ana → ana (privado): nota"])
        #expect(try await anas[1].barrier() == ["ana → ana (privado): nota"])
    }

    @Test func `its author deletes it for both, and for nobody else is it there`() async throws {
        accounts.give(.moderator, to: "eva")
        let host = try await host()
        let (ana, bob, eva) = (
            try await owner("ana", host), try await owner("bob", host), try await owner("eva", host)
        )
        let guest = try await host.client("guest")
        try ana.send("/msg bob uno\n/msg bob dos\n/msg eva tres\n/history @bob 1\n")
        let second = try number(in: try await ana.barrier())
        try bob.send("/history @ana 2\n")
        let first = try number(in: try await bob.barrier())
        for other in [eva, guest] {
            try other.send("/delete \(first)\n")
            #expect(
                try await other.barrier().last
                    == "servidor: [unknown-message] En esta sala no está el mensaje \(first).")
        }
        try bob.send("/delete \(first)\n")
        #expect(try await bob.barrier().last?.hasPrefix("servidor: [forbidden] ") == true)
        try ana.send("/delete \(first)\n/history @bob\n/delete \(first)\n")
        let lines = plain(try await ana.barrier())
        #expect(
            lines == [
                "servidor: [ok] El mensaje \(first) está borrado.", "ana → bob (privado): dos",
                "servidor: [ok] 1",
                "servidor: [unknown-message] En esta sala no está el mensaje \(first).",
            ])
        try bob.send("/history @ana\n")
        #expect(
            plain(try await bob.barrier()) == ["ana → bob (privado): dos", "servidor: [ok] 1"])
        #expect(!host.test.log.sentences.contains { $0.contains("\(first)") })
        host.test.advance(by: .seconds(3_601))
        await host.test.settle()
        try ana.send("/delete \(second)\n")
        #expect(try await ana.barrier().last?.hasPrefix("servidor: [forbidden] ") == true)
        // A moderator may, as one of the two.
        try eva.send("/history @ana\n")
        let third = try number(in: try await eva.barrier())
        try eva.send("/delete \(third)\n/history @ana\n")
        #expect(
            try await eva.barrier() == [
                "servidor: [ok] El mensaje \(third) está borrado.", "servidor: [ok] 0",
            ])
    }

    @Test func `the two may read it again, nobody else`() async throws {
        let host = try await host()
        let (ana, bob, eva) = (
            try await owner("ana", host), try await owner("bob", host), try await owner("eva", host)
        )
        try bob.send("/msg ana uno\n")
        _ = try await bob.barrier()
        try ana.send("/msg bob dos\n/msg eva otra cosa\n")
        for client in [ana, bob, eva] { _ = try await client.barrier() }
        try ana.send("/history @BOB\n/history @bob 1\n/history @nadie\n/history @bob 0\n")
        try ana.send("/history @\n/history @eva (tcp) 3\n")
        let lines = plain(try await ana.barrier())
        #expect(
            lines == [
                "bob → ana (privado): uno", "ana → bob (privado): dos", "servidor: [ok] 2",
                "ana → bob (privado): dos", "servidor: [ok] 1", "servidor: [ok] 0",
                "servidor: [bad-arguments] Se usa así: /history [@NOMBRE] [N], con N de 1 a 500",
                "servidor: [bad-arguments] Se usa así: /history [@NOMBRE] [N], con N de 1 a 500",
                "ana → eva (privado): otra cosa", "servidor: [ok] 1",
            ])
        try eva.send("/history @bob\n/history\n/search uno\n")
        #expect(
            try await eva.barrier() == ["servidor: [ok] 0", "servidor: [ok] 0", "servidor: [ok] 0"])
        #expect(!host.test.log.sentences.contains { $0.contains("uno") || $0.contains("dos") })
    }

    @Test func `people without an account have no private history`() async throws {
        let host = try await host()
        let (ana, luz) = (try await owner("ana", host), try await host.client("luz"))
        let pez = try await host.client("pez")
        try luz.send("/msg ana hola\n/msg pez hola\n/history @ana\n")
        #expect(
            try await luz.barrier().suffix(1) == [
                "servidor: [login-required] Eso es para quien ha entrado con su cuenta."
            ])
        try ana.send("/history @luz\n")
        #expect(
            plain(try await ana.barrier()).suffix(2)
                == ["luz → ana (privado): hola", "servidor: [ok] 1"])
        #expect(accounts.storedTexts == ["hola"])
        withExtendedLifetime(pez) {}
    }

    // MARK: - Answers

    @Test func `a private message is answered in private`() async throws {
        let host = try await host()
        let (ana, bob, eva) = (
            try await owner("ana", host), try await owner("bob", host), try await owner("eva", host)
        )
        try bob.send("/msg ana la clave es 1234\n")
        for client in [bob, ana, eva] { _ = try await client.barrier() }
        try ana.send("/history @bob\n")
        let number = try number(in: try await ana.barrier())
        try ana.send("/reply \(number) gracias\n")
        let answer = "ana → bob (privado): [↩ bob: la clave es 1234] gracias"
        #expect(try await ana.barrier() == [answer])
        #expect(try await bob.barrier() == [answer])
        try bob.send("/reply \(number) de nada\n")
        #expect(
            try await bob.barrier() == ["bob → ana (privado): [↩ bob: la clave es 1234] de nada"])
        // For everybody else there is no such message.
        try eva.send("/reply \(number) hola\n/reply #99999999 hola\n")
        let lines = try await eva.barrier()
        #expect(
            lines == [
                "servidor: [unknown-message] En esta sala no está el mensaje \(number).",
                "servidor: [unknown-message] En esta sala no está el mensaje #99999999.",
            ])
        let luz = try await host.client("luz")
        try luz.send("/reply \(number) hola\n")
        #expect(try await luz.barrier().last?.hasPrefix("servidor: [unknown-message] ") == true)
    }

    @Test func `an answer goes to nobody else who has the name by now`() async throws {
        let host = try await host()
        let ana = try await owner("ana", host)
        let luz = try await host.client("luz")
        try luz.send("/msg ana un secreto\n")
        _ = try await luz.barrier()
        try ana.send("/history @luz\n")
        let number = try number(in: try await ana.barrier())
        try ana.send("/reply \(number) vale\n")
        let answer = "ana → luz (privado): [↩ luz: un secreto] vale"
        #expect(try await ana.barrier() == [answer])
        #expect(try await luz.barrier() == [answer])
        try luz.send("/quit\n")
        _ = try await luz.rest()
        let other = try await host.client("luz")
        _ = try await ana.barrier()
        try ana.send("/reply \(number) ¿sigues?\n")
        #expect(
            try await ana.barrier()
                == ["servidor: [unknown-user] Aquí no hay nadie con ese nombre."])
        #expect(try await other.barrier() == [])
    }

    // MARK: - People who are away

    @Test func `what is left for somebody comes at the next login, once`() async throws {
        let host = try await host()
        let bob = try await owner("bob", host)
        let watching = try await owner("bob", host)
        try bob.send("/msg ana uno\n/msg ANA dos\n")
        let away = "servidor: [ok] ana no está; lo leerá cuando entre."
        #expect(
            try await bob.barrier() == [
                "bob → ana (privado): uno", away, "bob → ana (privado): dos", away,
            ])
        #expect(
            try await watching.barrier()
                == ["bob → ana (privado): uno", "bob → ana (privado): dos"])
        let ana = try await host.client()
        try ana.send("/login ana secreto1\n/history @bob 1\n")
        #expect(
            plain(try await ana.barrier()) == [
                "ana se ha unido al chat.", "servidor: [ok] Has entrado con la cuenta ana.",
                "bob → ana (privado): uno", "bob → ana (privado): dos", "servidor: [ok] 2",
                "bob → ana (privado): dos", "servidor: [ok] 1",
            ])
        let again = try await host.client()
        try again.send("/login ana secreto1\n")
        #expect(
            try await again.barrier() == ["servidor: [ok] Has entrado con la cuenta ana."])
    }

    @Test func `an answer is left as well`() async throws {
        let host = try await host()
        let (ana, bob) = (try await owner("ana", host), try await owner("bob", host))
        try bob.send("/msg ana hola\n/history @ana\n")
        let number = try number(in: try await bob.barrier())
        try ana.send("/quit\n")
        _ = try await ana.rest()
        _ = try await bob.barrier()
        try bob.send("/reply \(number) ¿sigues ahí?\n")
        #expect(
            try await bob.barrier() == [
                "bob → ana (privado): [↩ bob: hola] ¿sigues ahí?",
                "servidor: [ok] ana no está; lo leerá cuando entre.",
            ])
        // What it answers is shown to whoever was away too, and later.
        let back = try await owner("ana", host, reads: false)
        let left = plain(try await back.barrier()).suffix(2)
        #expect(left == ["bob → ana (privado): [↩ bob: hola] ¿sigues ahí?", "servidor: [ok] 1"])
        try back.send("/history @bob 1\n")
        #expect(plain(try await back.barrier()) == Array(left))
    }

    @Test func `only so many are left, and only by people who are logged in`() async throws {
        let host = try await host()
        let (bob, luz) = (try await owner("bob", host), try await host.client("luz"))
        try luz.send("/msg ana hola\n")
        #expect(
            try await luz.barrier()
                == ["servidor: [unknown-user] Aquí no hay nadie con ese nombre."])
        for count in 1...50 { try bob.send("/msg ana \(count)\n") }
        try bob.send("/msg ana 51\n")
        let lines = try await bob.barrier()
        #expect(lines.count { $0.hasPrefix("servidor: [ok] ") } == 50)
        #expect(
            lines.last == "servidor: [full] ana no está, y ya le esperan demasiados mensajes.")
        #expect(!lines.contains("bob → ana (privado): 51"))
    }

    @Test func `without a store nobody is left anything`() async throws {
        accounts.forgetMessages()
        let host = try await host()
        let bob = try await owner("bob", host)
        try bob.send("/msg ana hola\n")
        #expect(
            try await bob.barrier()
                == ["servidor: [unknown-user] Aquí no hay nadie con ese nombre."])
    }

    @Test func `a message that the chain drops is not left`() async throws {
        let host = try await ChatHost(middlewares: [NoSwearing()], accounts: accounts)
        let bob = try await owner("bob", host)
        try bob.send("/msg ana caramba\n/msg ana hola\n")
        #expect(
            try await bob.barrier() == [
                "servidor: [dropped] sin palabrotas", "bob → ana (privado): hola",
                "servidor: [ok] ana no está; lo leerá cuando entre.",
            ])
        #expect(accounts.storedTexts == ["hola"])
    }

    private struct NoSwearing: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains("caramba") ? .drop("sin palabrotas") : .pass
        }
    }
}
