import TestSupport
import Testing

@testable import MessageBus

/// People of another network, whom a bridge stands for: they come, go and are whispered to.
@Suite(.timeLimit(.minutes(10))) struct PortPeopleTests {
    /// Returns what a room's log has, in short.
    private static func log(_ test: TestBus, room: Int = 0) async -> [String] {
        await test.bus.perform { bus in
            bus.rooms[room].log.messages(from: 0, atMost: 99).map { message in
                let other = message.other?.name ?? message.destination
                return ["\(message.kind)", message.sender.name, message.text, other ?? ""]
                    .filter { !$0.isEmpty }.joined(separator: " ")
            }
        }
    }

    @Test func `who enters and leaves is announced in that room`() async throws {
        let test = try TestBus(rooms: ["general", "logs"])
        let port = await test.port("irc")
        #expect(try await port.enter("ana") == .pass)
        #expect(try await port.enter("ana") == .pass)
        #expect(try await port.enter("ana", room: "logs") == .pass)
        #expect(try await port.enter("bob") == .pass)
        await port.leave(["ana"], room: "logs")
        await port.leave(["ana", "bob", "nobody"])
        #expect(
            await Self.log(test) == [
                "join ana (irc)", "join bob (irc)", "leave ana (irc)", "leave bob (irc)",
            ])
        #expect(await Self.log(test, room: 1) == ["join ana (irc)", "leave ana (irc)"])
    }

    @Test func `who is present is on the list and announced nowhere`() async throws {
        let test = try TestBus(rooms: ["general", "logs"])
        let port = await test.port("irc")
        #expect(await port.present(as: "ana"))
        #expect(await port.present(as: "ana", in: "logs"))
        #expect(await !port.present(as: "ana", in: "nowhere"))
        let people = await test.bus.perform { bus in
            bus.rooms.map { bus.people(in: $0).map(\.sender.name) }
        }
        #expect(people == [["ana (irc)"], ["ana (irc)"]])
        await port.leave(["ana"])
        #expect(await test.bus.perform { $0.person("ana (irc)") == nil })
        #expect(await Self.log(test).isEmpty)
    }

    @Test func `a name is somebody's, and a room has to be there`() async throws {
        let test = try TestBus()
        let (one, two) = (
            await test.port("one", senderFormat: "{name}"),
            await test.port("two", senderFormat: "{name}")
        )
        #expect(try await one.enter("Ana") == .pass)
        guard case .drop(_, "name-in-use", _) = try await two.enter("ana") else {
            Issue.record("two have one name")
            return
        }
        await #expect(throws: PortError.noRoom("nowhere")) {
            try await one.enter("ana", room: "nowhere")
        }
    }

    @Test func `a new name is announced`() async throws {
        let test = try TestBus()
        let port = await test.port("irc")
        _ = try await port.enter("ana")
        _ = try await port.enter("bob")
        #expect(await port.rename("ana", to: "eva") == .pass)
        guard case .drop(_, "name-in-use", _) = await port.rename("eva", to: "bob"),
            case .drop(_, "unknown-user", _) = await port.rename("ana", to: "ina")
        else {
            Issue.record("somebody has got a name that they can't have")
            return
        }
        await port.leave(["eva"])
        #expect(
            await Self.log(test) == [
                "join ana (irc)", "join bob (irc)", "rename ana (irc) eva (irc)",
                "leave eva (irc)",
            ])
    }

    @Test func `what is whispered comes once, to the bridge that stands for the receiver`()
        async throws
    {
        let test = try TestBus(namePolicy: NamePolicy())
        let (irc, chat) = (await test.port("irc"), await test.port("chat"))
        _ = try await irc.enter("ana")
        _ = try await chat.enter("bob")
        var (toIRC, toChat) = (
            irc.privateMessages.makeAsyncIterator(), chat.privateMessages.makeAsyncIterator()
        )
        let receipt = try await irc.whisper("hola\nahí", from: "ana", to: "Bob (chat)")
        #expect(receipt.verdict == .pass)
        let message = try #require(await toChat.next())
        #expect(message.number == receipt.number)
        #expect(message.text == "hola\nahí")
        #expect(message.isPrivate && !message.isAutomatic)
        #expect(message.sender.name == "ana (irc)")
        #expect(message.other?.name == "bob (chat)")
        _ = try await chat.whisper("hey", from: "bob", to: "ana (irc)", isAutomatic: true)
        let answer = try #require(await toIRC.next())
        #expect(answer.text == "hey" && answer.isAutomatic)
        test.stop()
        #expect(await toIRC.next() == nil)
        #expect(await toChat.next() == nil)
        #expect(await Self.log(test).count == 2)
    }

    @Test func `who is not on the list may whisper, and is not there afterwards`() async throws {
        let test = try TestBus()
        let (irc, chat) = (await test.port("irc"), await test.port("chat"))
        await chat.present(as: "bob")
        #expect(try await irc.whisper("psst", from: "eva", to: "bob (chat)").verdict == .pass)
        #expect(await test.bus.perform { $0.person("eva (irc)") == nil })
        var messages = chat.privateMessages.makeAsyncIterator()
        #expect(await messages.next()?.text == "psst")
        #expect(await Self.log(test).isEmpty)
    }

    @Test(arguments: [("nobody", "hola", "unknown-user"), ("bob (chat)", " \n", "dropped")])
    func `a whisper that can't be is refused`(_ name: String, _ text: String, _ code: String)
        async throws
    {
        let test = try TestBus()
        let (irc, chat) = (await test.port("irc"), await test.port("chat"))
        await chat.present(as: "bob")
        let receipt = try await irc.whisper(text, from: "ana", to: name)
        guard case .drop(_, code, _) = receipt.verdict else {
            Issue.record("\(receipt)")
            return
        }
    }

    // MARK: - Deletions

    @Test func `a bridge deletes what it has brought in, for an hour`() async throws {
        let test = try TestBus()
        let (irc, chat) = (await test.port("irc"), await test.port("chat"))
        let (mine, theirs) = (
            try await irc.publish("mal", from: "ana"), try await chat.publish("bien", from: "bob")
        )
        var messages = chat.messages.makeAsyncIterator()
        #expect(try await irc.delete(mine.number) == .pass)
        #expect(await messages.next()?.deletedNumber == mine.number)
        for number in [mine.number, theirs.number, 999_999] {
            guard case .drop(_, let code, _) = try await irc.delete(number) else {
                Issue.record("\(number) was deleted")
                continue
            }
            #expect(code == (number == theirs.number ? "forbidden" : "unknown-message"))
        }
        let old = try await irc.publish("viejo", from: "ana")
        test.advance(by: .seconds(3_601))
        await test.settle()
        guard case .drop(_, "forbidden", _) = try await irc.delete(old.number) else {
            Issue.record("an old message was deleted")
            return
        }
    }

    // MARK: - What programs say

    @Test func `what a program says is marked, and stays so in the store`() async throws {
        let store = MemoryStore()
        let test = try TestBus(store: store)
        let (bot, reader) = (await test.port("bot"), await test.port("reader"))
        var messages = reader.messages.makeAsyncIterator()
        for isAutomatic in [true, false] {
            var draft = Draft("hola", from: "reloj")
            draft.isAutomatic = isAutomatic
            try await bot.publish(draft)
        }
        #expect(await messages.next()?.isAutomatic == true)
        #expect(await messages.next()?.isAutomatic == false)
        await test.settle()
        #expect(store.disk.messages.map(\.isAutomatic) == [true, false])
    }

    @Test func `a message is found by its name without a checkpoint too`() async throws {
        let test = try TestBus(store: MemoryStore())
        let port = await test.port("irc")
        var draft = Draft("hola", from: "ana")
        draft.origin = Origin(channel: "#swift", remoteID: "m1")
        draft.isLinked = true
        let receipt = try await port.publish(draft)
        await test.settle()
        #expect(try await port.numbers(of: "m1", in: "#swift") == [receipt.number])
    }
}
