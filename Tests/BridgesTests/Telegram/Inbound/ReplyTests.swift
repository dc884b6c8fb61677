import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct ReplyTests {
        private static let group = TelegramHost.group

        @Test func `an answer in Telegram answers the linked message here`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                let id = state.say("¿vienes?", in: Self.group, from: "Ana")
                state.say(
                    "sí", in: Self.group, from: "Bea", ["reply_to_message": ["message_id": id]])
            }
            let messages = await host.messages(2)
            #expect(
                TelegramHost.line(messages[1]) == "Bea (telegram): [↩ Ana (telegram): ¿vienes?] sí")
            #expect(messages[1].reply?.number == messages[0].number)
            try await host.stop()
        }

        @Test func `an answer to what the bot joined goes to the line that is quoted`() async throws
        {
            let store = MemoryStore()
            let host = try await TelegramHost { $0.store = store }
            try await host.other.publish(
                ["uno", "dos", "tres"].map { Draft($0, from: "bob") })
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            // Nobody answers what has not been delivered.
            await host.until { _ in store.disk.links.values.contains { $0.count == 3 } }
            let post = try #require(await host.posts().first)
            #expect(post.text == "bob: uno\nbob: dos\nbob: tres")
            await host.server.perform { state in
                let answered = ["reply_to_message": ["message_id": post.id]] as [String: Any]
                state.say("al primero", in: Self.group, answered)
                state.say(
                    "al segundo", in: Self.group,
                    answered.merging(["quote": ["text": "dos", "position": 14]]) { $1 })
            }
            let messages = await host.messages(5).suffix(2)
            #expect(
                messages.map(TelegramHost.line) == [
                    "Ana (telegram): [↩ bob: uno] al primero",
                    "Ana (telegram): [↩ bob: dos] al segundo",
                ])
            try await host.stop()
        }

        @Test func `an answer to any part of a long message finds it, also after a crash`()
            async throws
        {
            let clock = ManualClock()
            let server = try BotServer(clock: clock)
            await server.perform { $0.chats[Self.group] = BotChat() }
            let store = MemoryStore()
            let first = try await TelegramHost {
                $0.store = store
                $0.server = server
                $0.clock = clock
            }
            let long = String(repeating: "palabra ", count: 1_500)
            let receipt = try await first.other.publish(long, from: "bob")
            await first.until { $0.chats[Self.group]?.posts.count == 2 }
            // Two parts are there and kept; the third is on its way and does not arrive.
            await first.server.perform { $0.faults["sendMessage"] = [.silence] }
            await first.until { $0.faults["sendMessage"] == [] }
            store.hold()
            let disk = store.disk
            await first.crash()
            let second = try await first.next(disk)
            await second.until { state in
                state.chats[Self.group]?.lines.count == 3 && state.isPolled
            }
            let posts = await second.posts()
            // The first is known by all its names, and answers here go to the first of them.
            let old = try #require(await second.port.bus.message(numbered: receipt.number))
            try await second.answer(old, "sí")
            await second.until { $0.chats[Self.group]?.lines.last == "bob: sí" }
            #expect(await second.posts().last?.replyTo == posts[0].id)
            for (index, post) in posts.enumerated() {
                await second.server.perform { state in
                    state.say(
                        "a \(index)", in: Self.group,
                        ["reply_to_message": ["message_id": post.id, "text": "…"]])
                }
                let answer = await second.turning { await second.said("a \(index)") }
                #expect(answer?.reply?.number == receipt.number, "part \(index)")
            }
            try await second.stop()
        }

        @Test func `a long answer whose second part is refused is not begun again`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.say("¿vienes?", in: Self.group)
                state.chats[Self.group]?.refused = "malo"
            }
            let asked = try #require(await host.messages(1).first)
            let long = String(repeating: "palabra ", count: 600)
            try await host.answer(asked, "\(long) malo")
            await host.logged("Telegram does not take message")
            try await host.other.publish("dos", from: "ana")
            await host.until { $0.chats[Self.group]?.lines.last == "ana: dos" }
            let posts = await host.posts()
            #expect(posts.count == 2)
            #expect(posts.first?.replyTo != nil)
            try await host.stop()
        }

        @Test func `what is not known any more is quoted in words`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.say(
                    "sí", in: Self.group,
                    [
                        "reply_to_message": [
                            "message_id": 3, "text": "de ayer",
                            "from": ["id": 9, "first_name": "Eva"],
                        ]
                    ])
                state.say(
                    "no", in: Self.group,
                    [
                        "reply_to_message": [
                            "message_id": 4, "text": "ana: perdido",
                            "from": ["id": BotServerState.me, "first_name": "Puente"],
                        ]
                    ])
                state.say(
                    "lejos", in: Self.group,
                    [
                        "external_reply": [
                            "origin": [
                                "type": "user", "sender_user": ["id": 1, "first_name": "Luz"],
                            ]
                        ], "quote": ["text": "en otra parte"],
                    ])
            }
            #expect(
                await host.lines(3) == [
                    "Ana (telegram): [↩ Eva (telegram): de ayer] sí",
                    "Ana (telegram): [↩ ana: perdido] no",
                    "Ana (telegram): [↩ Luz (telegram): en otra parte] lejos",
                ])
            try await host.stop()
        }

        @Test func `nobody is named by what somebody chose to quote`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                let own =
                    [
                        "message_id": 4, "text": "bob: oye servidor: reiniciad ya",
                        "from": ["id": BotServerState.me, "first_name": "Puente"],
                    ] as [String: Any]
                state.say(
                    "jeje", in: Self.group,
                    [
                        "reply_to_message": own,
                        "quote": ["text": "servidor: reiniciad ya", "position": 9],
                    ])
            }
            #expect(
                await host.lines(1) == ["Ana (telegram): [↩ bob: servidor: reiniciad ya] jeje"])
            try await host.stop()
        }

        @Test func `what can't be seen is not quoted`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.say(
                    "uno", in: Self.group, ["reply_to_message": ["message_id": 3, "date": 0]])
                let hidden = ["type": "hidden_user", "sender_user_name": "Luz"]
                state.say("dos", in: Self.group, ["external_reply": ["origin": hidden]])
                state.say(
                    "tres", in: Self.group,
                    ["external_reply": ["origin": hidden, "photo": [["file_id": "x"]]]])
            }
            #expect(
                await host.lines(3) == [
                    "Ana (telegram): uno", "Ana (telegram): [↩ Luz (telegram): [mensaje]] dos",
                    "Ana (telegram): [↩ Luz (telegram): [foto]] tres",
                ])
            try await host.stop()
        }

        @Test func `a channel and its linked group in one room say everything once`() async throws {
            let channel = TelegramHost.second
            let host = try await TelegramHost {
                $0.options.chats["\(channel)"] = RoomName("general")
            }
            await host.server.perform { state in
                let sender = ["id": channel, "title": "Canal"] as [String: Any]
                let id = state.post(
                    ["sender_chat": sender, "text": "nuevo"], in: channel, kind: "channel_post")
                let brought =
                    [
                        "message_id": Int64(500), "sender_chat": sender, "text": "nuevo",
                        "from": ["id": 777_000, "first_name": "Telegram"],
                        "is_automatic_forward": true,
                        "forward_origin": ["type": "channel", "chat": sender, "message_id": id],
                    ] as [String: Any]
                state.post(brought, in: Self.group)
                state.post(
                    brought.merging(["edit_date": 9, "text": "x"]) { $1 }, in: Self.group,
                    kind: "edited_message")
                state.say("¡bien!", in: Self.group, ["reply_to_message": brought])
            }
            let messages = await host.messages(2)
            #expect(
                messages.map(TelegramHost.line) == [
                    "Canal (telegram): nuevo",
                    "Ana (telegram): [↩ Canal (telegram): nuevo] ¡bien!",
                ])
            #expect(messages[1].reply?.number == messages[0].number)
            try await host.stop()
        }

        @Test func `an answer here is an answer there, also after a restart`() async throws {
            let store = MemoryStore()
            var disk = MemoryStore.Disk()
            do {
                let host = try await TelegramHost { $0.store = store }
                await host.say("¿vienes?")
                let first = await host.messages(1)[0]
                try await host.answer(first, "sí")
                await host.until { $0.chats[Self.group]?.posts.count == 1 }
                #expect(await host.posts()[0].replyTo == 101)
                #expect(await host.posts()[0].text == "bob: sí")
                try await host.stop()
                disk = store.disk
            }
            let host = try await TelegramHost { $0.store = MemoryStore(disk) }
            await host.server.perform { $0.chats[Self.group]?.remember(101...102) }
            let old = disk.messages
            #expect(old.map(\.text) == ["¿vienes?", "sí"])
            // To what came from Telegram, and to what went there.
            try await host.answer(old[0], "también")
            try await host.answer(old[1], "¡vale!")
            try await host.other.publish("suelto", from: "bob")
            await host.until { $0.chats[Self.group]?.posts.count == 3 }
            let posts = await host.posts()
            #expect(posts.map(\.text) == ["bob: también", "bob: ¡vale!", "bob: suelto"])
            #expect(posts.map(\.replyTo) == [101, 102, nil])
            await host.server.perform { state in
                state.say("ja", in: Self.group, ["reply_to_message": ["message_id": 102]])
            }
            #expect(
                await host.said("ja")?.reply
                    == Quotation(number: old[1].number, name: "bob", excerpt: "sí")
            )
            try await host.stop()
        }

        @Test func `an answer to what is still on its way follows it`() async throws {
            let host = try await TelegramHost()
            let receipts = try await host.other.publish([Draft("¿vienes?", from: "ana")])
            var draft = Draft("sí", from: "bob")
            draft.reply = Quotation(number: receipts[0].number, name: "ana", excerpt: "¿vienes?")
            try await host.other.publish([draft])
            await host.until { $0.chats[Self.group]?.posts.count == 2 }
            let posts = await host.posts()
            #expect(posts.map(\.text) == ["ana: ¿vienes?", "bob: sí"])
            #expect(posts[1].replyTo == posts[0].id)
            try await host.stop()
        }
    }
}
