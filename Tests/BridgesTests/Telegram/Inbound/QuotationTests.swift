import MessageBus
import Middlewares
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// Texts that were dropped or masked do not come back in quotations.
    @Suite(.timeLimit(.minutes(10))) struct QuotationTests {
        private static let group = TelegramHost.group
        private static let second = TelegramHost.second

        @Test func `of what was dropped nothing is quoted, whoever names it`() async throws {
            let host = try await TelegramHost {
                $0.middlewares = [Reject(word: "casino")]
                $0.options.chats["\(Self.second)"] = RoomName("general")
            }
            await host.server.perform { state in
                let bad = ["text": "el casino abre hoy", "photo": [["file_id": "x"]]]
                let ids = [
                    state.say("el casino abre hoy", in: Self.group, from: "Eva"),
                    state.say(in: Self.group, from: "Eva", ["photo": [], "caption": "casino"]),
                    state.say(
                        in: Self.group, from: "Eva",
                        ["poll": ["question": "¿casino?", "options": [["text": "sí"]]]]),
                ]
                for (index, id) in ids.enumerated() {
                    state.say(
                        "a \(index)", in: Self.group, from: "Bea",
                        [
                            "reply_to_message": Self.message(id, bad),
                            "quote": ["text": "abre hoy", "position": 10],
                        ])
                }
                state.say(
                    in: Self.group, from: "Bea", ["pinned_message": Self.message(ids[0], bad)])
                state.say("fin", in: Self.group, from: "Bea")
            }
            #expect(
                await host.lines(5) == [
                    "Bea (telegram): a 0", "Bea (telegram): a 1", "Bea (telegram): a 2",
                    "Bea (telegram): [mensaje fijado]", "Bea (telegram): fin",
                ])
            await host.until { $0.chats[Self.second]?.lines.count == 5 }
            let posts = await host.posts(in: Self.second)
            #expect(posts.allSatisfy { $0.replyTo == nil && !$0.text.contains("hoy") })
            try await host.stop()
        }

        @Test func `what a limit dropped before a restart is not quoted after it`() async throws {
            let store = MemoryStore()
            let first = try await TelegramHost {
                $0.store = store
                $0.middlewares = [Reject(word: "malo")]
            }
            await first.say("malo", "bueno")
            #expect(await first.lines(1) == ["Ana (telegram): bueno"])
            try await first.stop()
            // The next run's chain would let it pass.
            let second = try await first.next(store.disk)
            await second.server.perform { state in
                for (index, id) in [Int64(101), 102].enumerated() {
                    let text = index == 0 ? "malo" : "otra cosa"
                    state.say(
                        "a \(index)", in: Self.group, from: "Bea",
                        ["reply_to_message": Self.message(id, ["text": text])])
                }
            }
            let answers = await second.turning {
                await [second.said("a 0"), second.said("a 1")]
            }
            #expect(
                answers.compactMap(\.self).map(TelegramHost.line) == [
                    "Bea (telegram): a 0", "Bea (telegram): [↩ Ana (telegram): bueno] a 1",
                ])
            try await second.stop()
        }

        @Test func `what was masked is quoted masked`() async throws {
            let redact = try Redact(Redact.Options())
            let host = try await TelegramHost { $0.middlewares = [redact] }
            let key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
            await host.server.perform { state in
                let id = state.say("mi clave \(key)", in: Self.group, from: "Eva")
                let text = ["text": "mi clave \(key)"]
                // Known here, and from before anybody listened.
                for id in [id, 7] {
                    let answered = Self.message(id, text)
                    state.say("toda", in: Self.group, ["reply_to_message": answered])
                    state.say(
                        "parte", in: Self.group,
                        [
                            "reply_to_message": answered,
                            "quote": ["text": String(key.prefix(30)), "position": 9],
                        ])
                }
                state.say(
                    "lejos", in: Self.group,
                    [
                        "external_reply": [
                            "origin": ["type": "hidden_user", "sender_user_name": "Luz"]
                        ], "quote": ["text": "toma \(key)"],
                    ])
            }
            let lines = await host.lines(6).dropFirst()
            #expect(
                Array(lines) == ["toda", "parte", "toda", "parte"].map {
                    "Ana (telegram): [↩ Eva (telegram): mi clave •••] \($0)"
                } + ["Ana (telegram): [↩ Luz (telegram): toma •••] lejos"])
            try await host.stop()
        }

        @Test func `words from elsewhere pass the chain as those who said them`() async throws {
            let host = try await TelegramHost { $0.middlewares = [Reject(word: "casino")] }
            await host.server.perform { state in
                let luz =
                    ["type": "user", "sender_user": ["id": 1, "first_name": "Luz"]]
                    as [String: Any]
                state.say(
                    "uno", in: Self.group,
                    ["external_reply": ["origin": luz], "quote": ["text": "ven al casino"]])
                state.say(
                    "dos", in: Self.group,
                    [
                        "external_reply": [
                            "origin": luz, "document": ["file_name": "casino.pdf"],
                        ]
                    ])
                state.say(
                    "tres", in: Self.group,
                    ["reply_to_message": Self.message(3, ["text": "el casino de siempre"])])
                // Of the bot's own line, which the log has no more.
                state.say(
                    "cuatro", in: Self.group,
                    [
                        "reply_to_message": [
                            "message_id": 4, "text": "ana: hola\nbob: casino",
                            "from": ["id": BotServerState.me, "first_name": "Puente"],
                        ], "quote": ["text": "casino", "position": 16],
                    ])
                state.say(
                    "cinco", in: Self.group,
                    [
                        "reply_to_message": Self.message(
                            5, ["text": "el casino", "quote": ["text": "nada"]]),
                        "quote": ["text": "el"],
                    ])
                state.say(
                    "seis", in: Self.group,
                    [
                        "reply_to_message": Self.message(
                            6,
                            ["text": "casino", "forward_origin": luz, "caption": "nada"])
                    ])
                state.say(
                    "nombre", in: Self.group,
                    [
                        "external_reply": [
                            "origin": ["type": "hidden_user", "sender_user_name": "ven al casino"]
                        ]
                    ])
                state.say(
                    "siete", in: Self.group,
                    ["external_reply": ["origin": luz], "quote": ["text": "buenas"]])
            }
            #expect(
                await host.lines(8) == ["uno", "dos", "tres", "cuatro", "cinco", "seis"].map {
                    "Ana (telegram): \($0)"
                } + [
                    "Ana (telegram): [↩ sin nombre (telegram): [mensaje]] nombre",
                    "Ana (telegram): [↩ Luz (telegram): buenas] siete",
                ])
            try await host.stop()
        }

        @Test func `a corrected message is quoted as the chain left it last`() async throws {
            let host = try await TelegramHost { $0.middlewares = [Reject(word: "casino")] }
            await host.server.perform { state in
                let answers = { (id: Int64, text: String) in
                    _ = state.say(
                        "a \(id)", in: Self.group, from: "Bea",
                        ["reply_to_message": Self.message(id, ["text": text])])
                }
                func say(_ versions: String...) {
                    let id = state.say(versions[0], in: Self.group, from: "Eva")
                    for (index, text) in versions.dropFirst().enumerated() {
                        state.say(
                            text, in: Self.group, from: "Eva", kind: "edited_message",
                            ["message_id": id, "edit_date": index + 1])
                    }
                    answers(id, versions[versions.count - 1])
                }
                say("uno", "uno y medio")
                say("dos", "casino")
                say("casino", "tres")
                say("casino", "otro casino")
            }
            let lines = await host.lines(8).filter { $0.hasPrefix("Bea") }
            #expect(
                lines == [
                    "Bea (telegram): [↩ Eva (telegram): uno y medio] a 101",
                    "Bea (telegram): [↩ Eva (telegram): dos] a 103",
                    "Bea (telegram): [↩ Eva (telegram): tres] a 105",
                    "Bea (telegram): a 107",
                ])
            try await host.stop()
        }

        @Test func `what another room read is judged again for this one`() async throws {
            let topic = "\(Self.group)/7"
            let host = try await TelegramHost {
                $0.rooms = ["general", "logs"]
                $0.middlewares = [Reject(word: "secreto", room: "logs")]
                $0.options.chats[topic] = RoomName("logs")
            }
            await host.server.perform { state in
                for text in ["es secreto", "es público"] {
                    let id = state.say(text, in: Self.group, from: "Eva")
                    let there =
                        ["is_topic_message": true, "message_thread_id": 7]
                        as [String: Any]
                    state.say(
                        "a \(id)", in: Self.group, from: "Bea",
                        there.merging(["reply_to_message": Self.message(id, ["text": text])]) { $1 }
                    )
                    state.say(
                        "b \(id)", in: Self.group, from: "Bea",
                        there.merging([
                            "external_reply": [
                                "origin": ["type": "hidden_user", "sender_user_name": "Eva"],
                                "chat": ["id": Self.group], "message_id": id,
                            ], "quote": ["text": "es"],
                        ]) { $1 })
                }
            }
            let messages = await host.messages(4, in: "logs")
            #expect(
                messages.map(TelegramHost.line) == [
                    "Bea (telegram): a 101", "Bea (telegram): b 101",
                    "Bea (telegram): [↩ Eva (telegram): es público] a 104",
                    "Bea (telegram): [↩ Eva (telegram): es público] b 104",
                ])
            #expect(messages.compactMap(\.reply).allSatisfy { $0.number == 0 })
            try await host.stop()
        }

        @Test func `what a chain keeps from Telegram is not quoted there`() async throws {
            let host = try await TelegramHost { $0.outgoing = [Reject(word: "secreto")] }
            let text = "esto no tiene nada que ver con lo que viene detrás: secreto"
            try await host.other.publish(
                [text, "hola"].map { Draft($0, from: "ana") })
            for message in await host.messages(2) {
                try await host.answer(message, "a \(message.text.count)")
            }
            await host.until { $0.chats[Self.group]?.lines.count == 3 }
            #expect(await host.posts().map(\.text).last == "bob: a 4")
            #expect(
                await host.posts().flatMap { $0.text.split(separator: "\n") } == [
                    "ana: hola", "bob: a 59", "bob: a 4",
                ])
            try await host.stop()
        }

        @Test func `an answer to a story, and to what is far away, keeps who and what`()
            async throws
        {
            let host = try await TelegramHost { $0.middlewares = [Reject(word: "casino")] }
            await host.server.perform { state in
                let story = { (title: String) -> [String: Any] in
                    ["reply_to_story": ["id": 3, "chat": ["id": -9, "title": title]]]
                }
                state.say("uno", in: Self.group, story("Canal"))
                let chat =
                    ["type": "chat", "sender_chat": ["id": -8, "title": "Otro grupo"]]
                    as [String: Any]
                state.say("dos", in: Self.group, ["external_reply": ["origin": chat]])
                state.say(
                    "tres", in: Self.group,
                    [
                        "external_reply": [
                            "origin": chat,
                            "poll": ["question": "¿Pizza?", "options": [["text": "sí"]]],
                        ]
                    ])
                state.say(
                    "cuatro", in: Self.group,
                    [
                        "reply_to_message": Self.message(
                            3,
                            [
                                "text": "fue el mayordomo",
                                "entities": [["type": "spoiler", "offset": 4, "length": 12]],
                            ])
                    ])
            }
            #expect(
                await host.lines(4) == [
                    "Ana (telegram): [↩ Canal (telegram): [historia]] uno",
                    "Ana (telegram): [↩ Otro grupo (telegram): [mensaje]] dos",
                    "Ana (telegram): [↩ Otro grupo (telegram): [encuesta: ¿Pizza? sí]] tres",
                    "Ana (telegram): [↩ Eva (telegram): fue ▒▒▒] cuatro",
                ])
            try await host.stop()
        }

        private static func message(_ id: Int64, _ more: [String: Any]) -> [String: Any] {
            let eva = ["id": 9, "is_bot": false, "first_name": "Eva"] as [String: Any]
            return ["message_id": id, "date": 1, "from": eva].merging(more) { $1 }
        }
    }
}

private struct Reject: Middleware {
    let word: String
    var room: String?
    func handle(_ message: inout Message) -> Verdict {
        message.body.contains(word) && (room ?? message.room) == message.room
            ? .drop("no") : .pass
    }
}
