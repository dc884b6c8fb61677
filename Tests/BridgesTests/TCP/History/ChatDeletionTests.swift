import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// `/delete`: who may, and what is left.
@Suite(.timeLimit(.minutes(10))) struct ChatDeletionTests {
    private static let notYours =
        "servidor: [forbidden] Solo puedes borrar lo que has dicho tú hace menos de una hora."

    private func number(
        of text: String, _ client: ChatClient
    ) async throws -> String {
        try client.send("/history 50\n")
        let line = try #require(
            try await client.barrier().first {
                $0.hasPrefix("servidor: [info] ") && $0.hasSuffix(text)
            })
        return String(line.split(separator: " ")[2])
    }

    @Test(arguments: [true, false])
    func `what one has said is gone from lists, searches and replies`(isStored: Bool) async throws {
        let store: any MessageStore = isStored ? MemoryStore() : VolatileStore()
        let host = try await ChatHost(store: store)
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        try ana.send("antes\nsecreto 77\n")
        _ = try await bob.barrier()
        let number = try await number(of: "secreto 77", ana)
        try bob.send("/reply \(number) ¿qué?\n/delete \(number)\n")
        #expect(try await bob.barrier() == ["bob: [↩ ana: secreto 77] ¿qué?", Self.notYours])
        _ = try await ana.barrier()
        try ana.send("/delete \(number)\n")
        #expect(
            try await ana.barrier() == ["servidor: [ok] El mensaje \(number) está borrado."])
        try bob.send("/history\n")
        let history = try await bob.barrier()
        #expect(history.contains { $0.hasSuffix(" ana: [deleted by ana]") })
        #expect(!history.contains { $0.contains("secreto") })
        #expect(history.last == "servidor: [ok] 3")
        try bob.send("/search secreto\n")
        #expect(try await bob.barrier() == ["servidor: [ok] 0"])
        try bob.send("/reply \(number) hola\n/reply ana hola\n/delete \(number)\n")
        let gone = "servidor: [unknown-message] En esta sala no está el mensaje \(number)."
        #expect(
            try await bob.barrier() == [gone, "bob: [↩ ana: antes] hola", gone])
    }

    @Test(arguments: ["/delete", "/delete x", "/delete #", "/delete #1 2", "/delete +1"])
    func `a number is needed`(command: String) async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        try ana.send("\(command)\n")
        #expect(
            try await ana.barrier() == ["servidor: [bad-arguments] Se usa así: /delete #NÚMERO"])
    }

    @Test func `the author may for an hour, by the same connection or account`() async throws {
        let accounts = FakeAccounts([("ana", "secreto1"), ("mod", "secreto1")])
        accounts.give(.moderator, to: "mod")
        let host = try await ChatHost(accounts: accounts)
        let eve = try await host.client("eve")
        try eve.send("uno\n/quit\n")
        _ = try await eve.rest()
        // Another connection of the same name.
        let again = try await host.client("eve")
        try again.send("/delete \(try await number(of: "uno", again))\n")
        #expect(try await again.barrier() == [Self.notYours])
        let one = try await host.client()
        try one.send("/login ana secreto1\n")
        _ = try await one.barrier()
        try one.send("dos\ntres\n")
        _ = try await one.barrier()
        let other = try await host.client()
        try other.send("/login ana secreto1\n")
        _ = try await other.barrier()
        try other.send("/delete \(try await number(of: "dos", other))\n")
        #expect(try await other.barrier().last?.hasPrefix("servidor: [ok] ") == true)
        host.test.advance(by: .seconds(3_601))
        await host.test.settle()
        let three = try await number(of: "tres", other)
        try other.send("/delete \(three)\n")
        #expect(try await other.barrier() == [Self.notYours])
        let mod = try await host.client()
        try mod.send("/login mod secreto1\n")
        _ = try await mod.barrier()
        try mod.send("/delete \(three)\n/history\n")
        let lines = try await mod.barrier()
        #expect(lines.first?.hasPrefix("servidor: [ok] ") == true)
        #expect(lines.contains { $0.hasSuffix(" ana: [deleted by mod]") })
        let entry = await host.test.log.first { $0.sentence.contains(three) }
        #expect(entry.sentence == "mod has deleted \(three) of ana in general")
    }

    @Test func `readers that have not got it never do, and are told`() async throws {
        let store = MemoryStore()
        let host = try await ChatHost(store: store)
        let durable = await host.port("durable")
        let bot = await host.port("bot")
        let ana = try await host.client("ana")
        try ana.send("uno\ndos\ntres\n")
        _ = try await ana.barrier()
        // Both have it in their hands already.
        var deliveries = durable.deliveries(in: "general").makeAsyncIterator()
        var messages = bot.messages.makeAsyncIterator()
        while try await deliveries.next()?.message.text != "uno" {}
        while await messages.next()?.text != "uno" {}
        let number = try await number(of: "dos", ana)
        try ana.send("/delete \(number)\n")
        _ = try await ana.barrier()
        for _ in 0..<2 {
            let next = try await deliveries.next()?.message
            #expect(next?.text == "tres" || next?.kind == .deletion)
            if next?.kind == .deletion { #expect(next?.deletedNumber.map { "#\($0)" } == number) }
            let other = await messages.next()
            #expect(other?.text == "tres" || other?.kind == .deletion)
        }
        let late = await host.port("late")
        try await late.bus.store.advance(
            DurableReader(.init(bridge: "late", name: nil), room: "general"), to: 1, links: [])
        var all = late.deliveries(in: "general").makeAsyncIterator()
        var texts: [String] = []
        while let next = try await all.next()?.message, next.kind != .deletion {
            if next.kind == .message { texts.append(next.text) }
        }
        #expect(texts == ["uno", "tres"])
    }
}
