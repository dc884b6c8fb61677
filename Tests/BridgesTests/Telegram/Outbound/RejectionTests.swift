import MessageBus
import Middlewares
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// People whose messages are dropped are told, and the room is told of messages that are not
    /// delivered.
    @Suite(.timeLimit(.minutes(10))) struct RejectionTests {
        private static let group = TelegramHost.group

        @Test func `who is dropped is told in a reply, once a minute`() async throws {
            let host = try await TelegramHost { $0.middlewares = [Reject(word: "malo")] }
            await host.say("malo", "bueno", "muy malo")
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            let first = try #require(await host.posts().first)
            #expect(first.replyTo == 101)
            #expect(
                first.text == "servidor: 2 mensajes tuyos no se han entregado: aquí no, /\u{2060}x")
            await host.say("otro malo")
            await host.pass(.seconds(50))
            #expect(await host.posts().count == 1)
            await host.until { $0.chats[Self.group]?.posts.count == 2 }
            let second = try #require(await host.posts().last)
            #expect(second.text == "servidor: tu mensaje no se ha entregado: aquí no, /\u{2060}x")
            #expect(second.replyTo == 105)
            #expect(second.time - first.time >= .seconds(60))
            // It goes to nobody else.
            #expect(await host.lines(1) == ["Ana (telegram): bueno"])
            try await host.stop()
        }

        @Test func `many are told in one message, bots and channels are not`() async throws {
            let host = try await TelegramHost { $0.middlewares = [Reject(word: "malo")] }
            await host.server.perform { state in
                for (index, name) in ["Ana", "Bea", "@Eva"].enumerated() {
                    state.say("malo", in: Self.group, from: name, id: 7 + Int64(index))
                }
                state.say(
                    "malo", in: Self.group,
                    ["from": ["id": 99, "is_bot": true, "first_name": "Eco"]])
                state.say("malo", in: Self.group, ["sender_chat": ["id": -5, "title": "Canal"]])
            }
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            await host.pass(.seconds(70), step: .milliseconds(500))
            let posts = await host.posts()
            // A poll that waits is answered with the first of them: the others may come with the
            // next. Somebody who is told alone is told in a reply, which names nobody.
            let lines = posts.map { $0.text.replacing("\u{2060}", with: "").split(separator: "\n") }
            #expect(lines.joined().count == 3)
            for several in lines where several.count > 1 {
                #expect(several[0].hasPrefix("servidor: un mensaje de "))
            }
            try await host.stop()
        }

        @Test func `nobody is told where that is not wanted`() async throws {
            for direction in [Direction.both, .in] {
                let host = try await TelegramHost {
                    $0.middlewares = [Reject(word: "malo")]
                    $0.options.refusals = direction == .in
                    $0.direction = direction
                }
                await host.say("malo", "bueno")
                #expect(await host.lines(1) == ["Ana (telegram): bueno"])
                await host.pass(.seconds(5))
                #expect(await host.posts().isEmpty)
                try await host.stop()
            }
        }

        @Test func `a bot that was muted or kicked is told of, and when it may write again`()
            async throws
        {
            for (status, phrases) in [
                ("restricted", "el bot no puede escribir en el grupo"),
                ("kicked", "el bot ya no está en el grupo"),
            ] {
                let host = try await TelegramHost()
                func change(to status: String) async {
                    await host.server.perform { state in
                        state.chats[Self.group]?.status = status
                        state.update([
                            "my_chat_member": [
                                "chat": ["id": Self.group],
                                "new_chat_member": [
                                    "status": status, "can_send_messages": false,
                                    "is_member": status == "restricted",
                                ],
                            ]
                        ])
                    }
                }
                await change(to: status)
                _ = await host.turning {
                    await host.said("Telegram no acepta mensajes: \(phrases).")
                }
                try await host.other.publish("uno", from: "bob")
                try await host.other.publish("dos", from: "bob")
                await host.logged("takes nothing")
                await host.pass(.seconds(5))
                await change(to: "member")
                await host.until { $0.chats[Self.group]?.lines.count == 2 }
                let said = await host.turning { await host.messages(4) }.map(\.text)
                #expect(
                    said.last?.hasPrefix("Telegram acepta mensajes de nuevo; 2 mensajes entregados")
                        == true)
                // And again without anything that waits.
                await change(to: status)
                await change(to: "member")
                let all = await host.turning { await host.messages(6) }.map(\.text)
                #expect(all[4] == "Telegram no acepta mensajes: \(phrases).")
                #expect(all[5] == "Telegram acepta mensajes de nuevo.")
                try await host.stop()
            }
        }

        @Test func `a chat that takes nothing is told of with what waits`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { $0.chats[Self.group]?.status = "kicked" }
            try await host.other.publish("uno", from: "bob")
            let said = await host.turning { await host.messages(2) }.last
            #expect(
                said?.text == """
                    Telegram no acepta mensajes: el bot ya no está en el grupo (403 Forbidden: bot \
                    was kicked from the supergroup chat); 1 mensaje en espera.
                    """)
            #expect(said?.sender.name == "servidor")
            try await host.stop()
        }

        @Test(arguments: [20, 90]) func `a long flood is told of, a short one is not`(
            seconds: Int64
        ) async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.floodLength = seconds
                state.faults["sendMessage"] = [.flood]
            }
            try await host.other.publish("uno", from: "bob")
            await host.until(step: .milliseconds(500)) { $0.chats[Self.group]?.posts.count == 1 }
            try await host.other.publish("fin", from: "bob")
            let texts = await host.turning { await host.messages(seconds > 30 ? 4 : 2) }.map(\.text)
            if seconds > 30 {
                #expect(
                    texts[1] == """
                        Telegram no acepta mensajes durante 2 min: se han enviado demasiados; 1 mensaje en \
                        espera.
                        """)
                #expect(
                    texts.contains {
                        $0.hasPrefix("Telegram acepta mensajes de nuevo; 1 mensaje entregado")
                    })
            } else {
                #expect(texts == ["uno", "fin"])
            }
            try await host.stop()
        }

        @Test(arguments: [20, 90]) func `a long flood of the poll is told of, a short one is not`(
            seconds: Int64
        ) async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.floodLength = seconds
                state.faults["getUpdates"] = [.flood]
            }
            await host.say("antes")
            await host.until(step: .milliseconds(500)) { $0.faults["getUpdates"] == [] }
            await host.say("después")
            let texts = await host.turning(by: .milliseconds(500)) {
                await host.messages(seconds > 30 ? 4 : 2)
            }.map(\.text)
            // The poll may have been under way or not when the flood began.
            let told = [
                "Telegram no entrega mensajes durante 2 min: se le consulta demasiado a menudo.",
                "Telegram entrega mensajes de nuevo.",
            ]
            #expect(texts.filter { $0.hasPrefix("Telegram") } == (seconds > 30 ? told : []))
            #expect(texts.filter { !$0.hasPrefix("Telegram") } == ["antes", "después"])
            try await host.stop()
        }

        @Test func `ephemeral messages are shown to nobody, and are no duplicates`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                for (index, text) in ["para ti", "y para ti"].enumerated() {
                    state.say(
                        text, in: Self.group,
                        [
                            "message_id": Int64(0), "ephemeral_message_id": index,
                            "receiver_user": ["id": 8, "first_name": "Bea"],
                        ])
                }
                state.say("cero", in: Self.group, ["message_id": Int64(0)])
                state.say(
                    "respuesta", in: Self.group,
                    ["reply_to_message": ["message_id": 0, "date": 1, "text": "para ti"]])
            }
            #expect(await host.lines(1) == ["Ana (telegram): respuesta"])
            await host.until { $0.pending == 0 && $0.isPolled }
            try await host.stop()
        }

        @Test func `whom a relayed text names is not called, but for who wants it`() async throws {
            for calls in [false, true] {
                let host = try await TelegramHost {
                    $0.options.mentions = calls
                    $0.options.chats["\(TelegramHost.second)"] = RoomName("general")
                }
                try await host.other.publish("oye @eva, haz /ban@bot", from: "bob")
                await host.until { $0.chats[Self.group]?.posts.count == 1 }
                await host.say("y tú @luz", in: TelegramHost.second)
                await host.until { $0.chats[Self.group]?.posts.count == 2 }
                let posts = await host.posts().map(\.text)
                #expect(
                    posts
                        == [
                            "bob: oye @·eva, haz /·ban@bot", "Ana (telegram): y tú @·luz",
                        ].map { $0.replacing("·", with: calls ? "" : "\u{2060}") })
                // In the room it stands as it was written.
                #expect(await host.lines(2).last == "Ana (telegram): y tú @luz")
                try await host.stop()
            }
        }
    }
}

private struct Reject: Middleware {
    let word: String
    func handle(_ message: inout Message) -> Verdict {
        message.body.contains(word) ? .drop("aquí no, /x") : .pass
    }
}
