import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct FailureTests {
        private static let group = TelegramHost.group
        private static let second = TelegramHost.second

        @Test func `a flood is waited for in that chat alone`() async throws {
            let host = try await TelegramHost {
                $0.options.chats["\(Self.second)"] = RoomName("general")
            }
            await host.server.perform { state in
                state.floodLength = 30
                state.faults["sendMessage"] = [.flood]
            }
            try await host.other.publish("uno", from: "ana")
            await host.until { state in state.chats.values.contains { $0.posts.count == 1 } }
            try await host.other.publish("dos", from: "ana")
            await host.until { state in state.chats.values.contains { $0.lines.count == 2 } }
            let blocked = await host.server.perform { state in
                state.chats.first { $0.value.posts.isEmpty }?.key ?? 0
            }
            await host.until { $0.chats[blocked]?.posts.count == 1 }
            let post = try #require(await host.posts(in: blocked).first)
            #expect(post.text == "ana: uno\nana: dos")
            #expect(post.time >= .after(.seconds(30)))
            try await host.stop()
        }

        @Test func `the pace of a group is kept without a single flood`() async throws {
            let host = try await TelegramHost()
            let long = String(repeating: "x", count: 4_000)
            try await host.other.publish((1...30).map { Draft("\($0) \(long)", from: "ana") })
            await host.until(step: .milliseconds(500)) { $0.chats[Self.group]?.posts.count == 30 }
            #expect(await host.server.perform { $0.chats[Self.group]?.floods } == 0)
            let times = await host.posts().map(\.time)
            for (index, time) in times.enumerated().dropFirst(20) {
                #expect(time - times[index - 20] >= .seconds(60))
            }
            try await host.stop()
        }

        @Test func `what may have arrived is sent again as it was, also after a flood`()
            async throws
        {
            let host = try await TelegramHost()
            await host.server.perform { $0.faults["sendMessage"] = [.closedAfter, .flood] }
            try await host.other.publish("uno", from: "ana")
            await host.until { $0.chats[Self.group]?.floods == 1 }
            try await host.other.publish("dos", from: "ana")
            await host.until { $0.chats[Self.group]?.lines.last == "ana: dos" }
            #expect(await host.posts().map(\.text) == ["ana: uno", "ana: uno", "ana: dos"])
            try await host.stop()
        }

        @Test(arguments: BotFault.allCases)
        func `whatever goes wrong with a message, it arrives`(fault: BotFault) async throws {
            let host = try await TelegramHost()
            await host.server.perform { $0.faults["sendMessage"] = [fault, fault] }
            try await host.other.publish("uno", from: "ana")
            await host.until(step: .milliseconds(300)) { state in
                state.faults["sendMessage"] == [] && state.chats[Self.group]?.posts.isEmpty == false
            }
            try await host.other.publish("dos", from: "ana")
            await host.until(step: .milliseconds(100)) { state in
                state.chats[Self.group]?.lines.last == "ana: dos"
            }
            let lines = await host.posts().map(\.text)
            let possible = await host.server.perform { $0.possibleDuplicates }
            #expect(possible == (fault.isDone ? 2 : 0))
            #expect(lines == Array(repeating: "ana: uno", count: 1 + possible) + ["ana: dos"])
            let counted = host.test.log.sentences.count { $0.contains("may arrive more than once") }
            // Each of the two attempts that failed may have arrived, but it is one message.
            #expect(counted == (fault == .flood ? 0 : 1))
            try await host.stop()
        }

        @Test(arguments: BotFault.allCases)
        func `whatever goes wrong with a poll, each message comes once`(fault: BotFault)
            async throws
        {
            let host = try await TelegramHost { $0.options.outages = false }
            await host.server.perform { $0.faults["getUpdates"] = [fault, fault] }
            await host.say("uno", "dos")
            // A silent fault lasts for a minute.
            await host.until(
                step: "\(fault)".hasPrefix("silence") ? .seconds(1) : .milliseconds(100)
            ) {
                state in
                state.faults["getUpdates"] == [] && state.pending == 0 && state.isPolled
            }
            await host.say("tres")
            #expect(await host.messages(3).map(\.text) == ["uno", "dos", "tres"])
            try await host.stop()
        }

        @Test func `a refused message is recorded, told and skipped, its neighbours are not`()
            async throws
        {
            let store = MemoryStore()
            let host = try await TelegramHost { $0.store = store }
            await host.server.perform { $0.chats[Self.group]?.refused = "malo" }
            try await host.other.publish(
                ["uno", "malo", "dos", "malo también"].map { Draft($0, from: "ana") })
            await host.until(step: .milliseconds(200)) { $0.chats[Self.group]?.lines.count == 2 }
            #expect(
                await host.posts().flatMap { $0.text.split(separator: "\n") } == [
                    "ana: uno", "ana: dos",
                ])
            let answer = "400 Bad Request: no such path /bot…/sendMessage"
            let told = await host.said("Telegram no acepta un mensaje de ana: \(answer)")
            #expect(told?.sender.name == "servidor")
            try await host.other.publish("tres", from: "ana")
            await host.until(step: .milliseconds(200)) {
                $0.chats[Self.group]?.lines.last == "ana: tres"
            }
            #expect(store.disk.notes.count == 2)
            #expect(store.disk.notes.allSatisfy { $0.hasSuffix(" \(answer)") })
            let texts = store.disk.messages.map(\.text)
            #expect(texts.count { $0.hasPrefix("Telegram no acepta") } == 2)
            try await host.stop()
        }

        @Test func `of a long message only the part that is refused is missing`() async throws {
            let store = MemoryStore()
            let host = try await TelegramHost { $0.store = store }
            await host.server.perform { $0.chats[Self.group]?.refused = "malo" }
            let parts = ["a", "b", "c"].map { String(repeating: $0, count: 4_080) }
            let text = parts[0] + " malo" + parts[1] + " " + parts[2]
            try await host.other.publish(text, from: "ana")
            try await host.other.publish("fin", from: "ana")
            await host.until(step: .milliseconds(200)) {
                $0.chats[Self.group]?.lines.last == "ana: fin"
            }
            let posts = await host.posts().map(\.text)
            #expect(posts == ["ana: " + parts[0], "ana: " + parts[2], "ana: fin"])
            #expect(store.disk.notes.count == 1)
            let texts = store.disk.messages.map(\.text)
            #expect(texts.count { $0.hasPrefix("Telegram no acepta un mensaje de ana") } == 1)
            // The parts that have arrived can be answered.
            let first = try #require(await host.posts().first).id
            await host.server.perform { state in
                state.say("eso", in: Self.group, ["reply_to_message": ["message_id": first]])
            }
            let answer = await host.turning { await host.said("eso") }
            #expect(answer?.reply?.name == "ana")
            try await host.stop()
        }

        @Test func `a group that becomes a supergroup goes on, also after a restart`() async throws
        {
            let new: Int64 = -1_009_999_999_999
            let store = MemoryStore()
            let old: Int64 = -4_444
            func setup(_ setup: inout TelegramHost.Setup, _ store: MemoryStore) {
                setup.store = store
                setup.options.chats = ["\(old)": RoomName("general")]
            }
            let host = try await TelegramHost { setup(&$0, store) }
            await host.server.perform { state in
                state.say("antes", in: old)
                state.faults["getUpdates"] = [.page, .page, .page]
                state.migrate(old, to: new)
                state.say("después", in: new)
            }
            // The outbox finds out by itself.
            try await host.other.publish("uno", from: "ana")
            await host.until { $0.chats[new]?.posts.count == 1 }
            #expect(await host.turning { await host.said("después") } != nil)
            let sentences = host.test.log.sentences.filter {
                $0.contains("has become the supergroup")
            }
            #expect(sentences.count == 1)
            #expect(sentences.first?.contains("\(new)") == true)
            try await host.stop()
            #expect(store.disk.messages.map(\.text).filter { $0 != "uno" } == ["antes", "después"])

            for chat in [old, new] {
                let again = try await TelegramHost {
                    setup(&$0, MemoryStore(store.disk))
                    $0.options.chats = ["\(chat)": RoomName("general")]
                }
                await again.server.perform { state in
                    state.chats[new] = BotChat()
                    state.nextUpdate = 600_000
                    state.say("otra vez", in: new, ["message_id": Int64(900)])
                }
                try await again.other.publish("dos", from: "ana")
                await again.until { $0.chats[new]?.posts.count == 1 }
                #expect(await again.turning { await again.said("otra vez") } != nil)
                #expect(await again.posts(in: new).map(\.text) == ["ana: dos"])
                try await again.stop()
            }
        }

        @Test(arguments: [group, second])
        func `chats that name one another, or themselves, are left alone`(
            next: Int64
        ) async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.chats[Self.group]?.migratedTo = next
                if next == Self.group { return }
                state.chats[next] = BotChat()
                state.chats[next]?.migratedTo = Self.group
            }
            try await host.other.publish("uno", from: "ana")
            await host.logged("takes nothing: 400 the group has become")
            await host.pass(.seconds(60), step: .seconds(1))
            let sends = await host.server.perform { $0.calls["sendMessage"] ?? 0 }
            #expect(sends == (next == Self.group ? 1 : 2))
            try await host.stop()
        }

        @Test(arguments: ["kicked", "left", "restricted", "gone"])
        func `a chat that takes nothing rests alone, and goes on when it can`(
            status: String
        ) async throws {
            let host = try await TelegramHost {
                $0.options.chats["\(Self.second)"] = RoomName("general")
            }
            await host.server.perform { state in
                if status == "gone" {
                    state.chats[Self.group] = nil
                } else {
                    state.chats[Self.group]?.status = status
                }
            }
            try await host.other.publish("uno", from: "ana")
            await host.until { $0.chats[Self.second]?.posts.count == 1 }
            await host.logged("takes nothing: 40")
            let before = await host.server.perform { $0.calls["sendMessage"] ?? 0 }
            await host.pass(.seconds(60), step: .seconds(1))
            #expect(await host.server.perform { $0.calls["sendMessage"] ?? 0 } == before)
            try await host.other.publish("dos", from: "ana")
            await host.until { $0.chats[Self.second]?.posts.count == 2 }
            await host.server.perform { state in
                state.chats[Self.group, default: BotChat()].status = "member"
                if status == "kicked" {
                    state.update([
                        "my_chat_member": [
                            "chat": ["id": Self.group], "new_chat_member": ["status": "member"],
                        ]
                    ])
                }
            }
            await host.until(step: .milliseconds(status == "kicked" ? 50 : 2_000)) {
                $0.chats[Self.group]?.lines.count == 2
            }
            #expect(await host.posts().map(\.text) == ["ana: uno\nana: dos"])
            try await host.stop()
        }

        @Test func `a topic that is closed rests, the rest of the chat does not`() async throws {
            let host = try await TelegramHost { setup in
                setup.options.chats["\(Self.group)/7"] = RoomName("general")
            }
            await host.server.perform { $0.chats[Self.group]?.topics = [7: false] }
            try await host.other.publish("uno", from: "ana")
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            await host.logged("TOPIC_CLOSED")
            await host.server.perform { $0.chats[Self.group]?.topics = [7: true] }
            await host.until(step: .seconds(2)) { $0.chats[Self.group]?.posts.count == 2 }
            #expect(await host.posts().map(\.topic) == [nil, 7])
            try await host.stop()
        }

        @Test func `a second poller is reported once and waited for politely`() async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            let other = try HTTPClient(on: host.test.loop)
            var request = HTTPRequest(
                "\(host.server.url)/bot\(BotServer.token)/getUpdates",
                body: Array(#"{"timeout":50,"allowed_updates":[]}"#.utf8))
            request.deadline = .seconds(60)
            let polls = await host.server.perform { $0.calls["getUpdates"] ?? 0 }
            let theirs = Task { [request] in try? await other.send(request) }
            await host.logged("another program polls")
            await host.pass(.milliseconds(4_500))
            #expect(await host.server.perform { $0.calls["getUpdates"] ?? 0 } == polls + 1)
            await host.until { $0.isPolled && ($0.calls["getUpdates"] ?? 0) > polls + 1 }
            _ = await theirs.value
            await host.say("hola")
            #expect(await host.lines(1) == ["Ana (telegram): hola"])
            #expect(host.test.log.sentences.count { $0.contains("another program polls") } == 1)
            try await host.stop()
        }
    }
}
