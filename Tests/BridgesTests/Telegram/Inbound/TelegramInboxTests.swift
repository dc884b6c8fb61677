import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct TelegramInboxTests {
        private static let group = TelegramHost.group

        @Test func `what is said in a group comes in under people's names`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.say("hola", in: Self.group, from: "Ana")
                state.say(
                    "¿qué tal? 🙂\notra línea", in: Self.group,
                    ["from": ["id": 8, "first_name": "José", "last_name": "Pérez"]])
                state.say(
                    "aviso", in: Self.group, ["sender_chat": ["id": Self.group, "title": "Casa"]])
                state.say("forjado", in: Self.group, from: "servidor")
                state.say("forjado", in: Self.group, from: "bob: (x)\n[y]")
                state.say("vacío", in: Self.group, from: "\u{200B}")
            }
            let messages = await host.messages(6)
            #expect(
                messages.map(TelegramHost.line) == [
                    "Ana (telegram): hola", "José Pérez (telegram): ¿qué tal? 🙂\notra línea",
                    "Casa (telegram): aviso", "sin nombre (telegram): forjado",
                    "bob x y (telegram): forjado", "sin nombre (telegram): vacío",
                ])
            #expect(messages[0].origin?.channel == "\(Self.group)")
            #expect(messages[0].origin?.remoteID == "\(Self.group)/101")
            try await host.stop()
        }

        @Test func `an odd update is skipped, and those beside it are not`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                for odd in [
                    ["message": 7], ["message": ["chat": 5]], ["message": ["message_id": "x"]],
                    ["poll_answer": ["x": 1]], ["message": [:] as [String: Any]], [:],
                    ["my_chat_member": [1, 2]],
                ] as [[String: Any]] { state.update(odd) }
                state.post(["hologram": ["x": 1]], in: Self.group)
                state.say("fin", in: Self.group)
            }
            #expect(
                await host.lines(2) == [
                    "Grupo (telegram): [mensaje no compatible: hologram]", "Ana (telegram): fin",
                ])
            await host.until { $0.pending == 0 && $0.isPolled }
            try await host.stop()
        }

        @Test func `a chat that is not configured is named once, with its id`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                for text in ["a", "b"] { state.say(text, in: -100_555) }
                state.say(
                    "tema", in: Self.group, ["is_topic_message": true, "message_thread_id": 7])
                state.say("hola", in: Self.group)
            }
            #expect(await host.lines(1) == ["Ana (telegram): hola"])
            let warnings = host.test.log.sentences.filter { $0.contains("are ignored") }
            #expect(
                warnings == [
                    "messages from a chat that is not in \"chats\" are ignored: \"Grupo\"; to let them in, add \"-100555\": \"ROOM\"",
                    "messages from a topic that is not in \"chats\" are ignored: \"Grupo\"; to let them in, add \"\(Self.group)/7\": \"ROOM\"",
                ])
            try await host.stop()
        }

        @Test func `the bot's own messages do not come back, and other bots not without end`()
            async throws
        {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.say("yo", in: Self.group, id: BotServerState.me)
                for number in 1...40 {
                    state.say(
                        "bot \(number)", in: Self.group,
                        ["from": ["id": 99, "is_bot": true, "first_name": "Bot"]])
                }
                state.say("fin", in: Self.group)
            }
            let messages = await host.messages(31)
            #expect(messages.map(\.isAutomatic) == messages.map { $0.text != "fin" })
            let lines = messages.map(TelegramHost.line)
            #expect(lines.first == "Bot (telegram): bot 1")
            #expect(lines.last == "Ana (telegram): fin")
            #expect(host.test.log.sentences.count { $0.contains("more than 30 messages") } == 1)
            try await host.stop()
        }

        @Test func `what was relayed twice goes to no other chat`() async throws {
            let host = try await TelegramHost {
                $0.options.chats["\(TelegramHost.second)"] = RoomName("general")
            }
            let texts = ["r\u{200B}elé: a\u{200B}na: hola", "a\u{200B}na: hola", "fin"]
            await host.server.perform { state in
                for text in texts {
                    state.say(
                        text, in: Self.group,
                        ["from": ["id": 99, "is_bot": true, "first_name": "Relé"]])
                }
            }
            #expect(await host.messages(3).map(\.text) == texts)
            await host.until {
                $0.chats[TelegramHost.second]?.lines.contains { $0.contains("fin") } == true
            }
            let lines = await host.posts(in: TelegramHost.second).flatMap {
                $0.markedText.split(separator: "\n").map(String.init)
            }
            #expect(
                lines == [
                    "R\u{200B}elé (telegram): a\u{200B}na: hola", "R\u{200B}elé (telegram): fin",
                ])
            #expect(RelayMark.isRepeated(in: lines[0]) && !RelayMark.isRepeated(in: lines[1]))
            try await host.stop()
        }

        @Test func `corrections are shown as such, invisible ones are not`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                let id = state.say("hola", in: Self.group)
                func edit(_ text: String, _ date: Int) {
                    state.say(
                        text, in: Self.group, kind: "edited_message",
                        ["message_id": id, "edit_date": date])
                }
                edit("hola", 1)
                edit("adiós", 2)
                edit("adiós", 2)
                edit("adiós", 3)
                edit("hola", 4)
                state.say(
                    in: Self.group, kind: "edited_message",
                    ["message_id": Int64(50), "edit_date": 5, "photo": [], "caption": "vieja"])
            }
            #expect(
                await host.lines(4) == [
                    "Ana (telegram): hola", "Ana (telegram): [✎] adiós", "Ana (telegram): [✎] hola",
                    "Ana (telegram): [✎] [foto] vieja",
                ])
            try await host.stop()
        }

        @Test func `what Telegram sends again unchanged is not said, whatever became of it here`()
            async throws
        {
            let clock = ManualClock()
            let server = try BotServer(clock: clock)
            let store = MemoryStore()
            let change = { @Sendable (setup: inout TelegramHost.Setup) in
                setup.server = server
                setup.clock = clock
                setup.middlewares = [Shout(refused: "casino")]
            }
            let first = try await TelegramHost {
                change(&$0)
                $0.store = store
            }
            await first.say("hola", "mi casino", "adiós")
            #expect(
                await first.lines(2) == ["Ana (telegram): HOLA", "Ana (telegram): ADIÓS"])
            await first.until { $0.pending == 0 }
            try await first.stop()
            let disk = store.disk
            let second = try await TelegramHost {
                change(&$0)
                $0.store = MemoryStore(disk)
            }
            await server.perform { state in
                for (number, text) in [(101, "hola"), (102, "mi casino"), (103, "¡adiós!")] {
                    state.say(
                        text, in: Self.group, kind: "edited_message",
                        ["message_id": Int64(number), "edit_date": 9])
                }
                state.say(
                    "casino gratis", in: Self.group, kind: "edited_message",
                    ["message_id": Int64(101), "edit_date": 10])
                state.say("fin", in: Self.group)
            }
            #expect(
                await second.lines(2) == [
                    "Ana (telegram): [✎] ¡ADIÓS!", "Ana (telegram): FIN",
                ])
            try await second.stop()
            #expect(second.test.log.sentences.count { $0.contains("was dropped") } == 1)
        }

        @Test func `corrections can be left out`() async throws {
            let host = try await TelegramHost { $0.options.edits = .ignore }
            await host.server.perform { state in
                let id = state.say("hola", in: Self.group)
                state.say(
                    "adiós", in: Self.group, kind: "edited_message",
                    ["message_id": id, "edit_date": 2])
                state.say("fin", in: Self.group)
            }
            #expect(await host.lines(2) == ["Ana (telegram): hola", "Ana (telegram): fin"])
            try await host.stop()
        }

        @Test(arguments: [false, true])
        func `joins and leaves are relayed if that is asked for`(notices: Bool) async throws {
            let host = try await TelegramHost { $0.options.notices = notices }
            await host.server.perform { state in
                state.post(
                    [
                        "new_chat_members": [
                            ["id": 8, "first_name": "Eva"],
                            ["id": BotServerState.me, "first_name": "Puente"],
                        ], "new_chat_member": ["id": 8],
                    ], in: Self.group)
                state.post(["left_chat_member": ["id": 8, "first_name": "Eva"]], in: Self.group)
                state.say("fin", in: Self.group)
            }
            let messages = await host.messages(notices ? 3 : 1)
            #expect(messages.map(\.kind) == (notices ? [.join, .leave, .message] : [.message]))
            if notices { #expect(messages[0].sender.name == "Eva (telegram)") }
            var join = Draft("", from: "bob")
            join.kind = .join
            try await host.other.publish([join, Draft("hola", from: "bob")])
            await host.until { $0.chats[Self.group]?.posts.isEmpty == false }
            let text = await host.posts().map(\.text).joined(separator: "\n")
            #expect(text == (notices ? "bob se ha unido al chat.\n" : "") + "bob: hola")
            try await host.stop()
        }

        @Test func `a join without a name is nobody's by name, and what is no person is left out`()
            async throws
        {
            let host = try await TelegramHost { $0.options.notices = true }
            await host.server.perform { state in
                state.post(
                    [
                        "new_chat_members": [
                            7, "Eva", ["id": 8, "first_name": ""], [1, 2], ["id": 9],
                        ] as [Any]
                    ], in: Self.group)
                for left in [7, "Eva", [], ["id": 8, "last_name": "\u{200B}"]] as [Any] {
                    state.post(["left_chat_member": left], in: Self.group)
                }
                state.say("fin", in: Self.group)
            }
            let messages = await host.messages(4)
            #expect(messages.map(\.kind) == [.join, .join, .leave, .message])
            #expect(
                messages.map(\.sender.name).dropLast()
                    == Array(repeating: "sin nombre (telegram)", count: 3)[...])
            try await host.stop()
        }

        @Test func `an update that comes again after Telegram has counted anew is not taken twice`()
            async throws
        {
            let store = MemoryStore()
            let host = try await TelegramHost { $0.store = store }
            await host.say("uno")
            #expect(await host.lines(1) == ["Ana (telegram): uno"])
            await host.until { $0.pending == 0 && $0.isPolled }
            await host.server.perform { state in
                // A week has passed: a lower number, and what was there already comes once more.
                state.nextUpdate = 17
                state.say("uno", in: Self.group, ["message_id": Int64(101)])
                state.say("dos", in: Self.group)
            }
            #expect(await host.turning { await host.messages(2).map(\.text) } == ["uno", "dos"])
            #expect(store.disk.messages.map(\.text) == ["uno", "dos"])
            await host.until { $0.pending == 0 }
            try await host.stop()
        }

        @Test func `several chats and topics go to their rooms, and two of a room hear each other`()
            async throws
        {
            let (first, second) = (Self.group, TelegramHost.second)
            let host = try await TelegramHost { setup in
                setup.rooms = ["general", "logs"]
                setup.options.chats = [
                    "\(first)": RoomName("general"), "\(second)": RoomName("general"),
                    "\(second)/7": RoomName("logs"),
                ]
            }
            await host.server.perform { state in
                state.chats[second]?.topics = [7: true]
                state.say("uno", in: first)
                state.say("dos", in: second)
                state.say("tres", in: second, ["is_topic_message": true, "message_thread_id": 7])
            }
            try await host.other.publish([
                {
                    var draft = Draft("al tema", from: "bob")
                    draft.room = "logs"
                    return draft
                }()
            ])
            await host.until { state in
                state.chats[first]?.posts.count == 1 && state.chats[second]?.posts.count == 2
            }
            #expect(await host.posts(in: first).map(\.text) == ["Ana (telegram): dos"])
            let there = await host.posts(in: second)
            #expect(
                Set(there.map { "\($0.topic ?? 0) \($0.text)" }) == [
                    "0 Ana (telegram): uno", "7 bob: al tema",
                ])
            try await host.stop()
        }
    }
}

private struct Shout: Middleware {
    let refused: String
    func handle(_ message: inout Message) -> Verdict {
        if message.body.contains(refused) { return .drop("no") }
        message.text = message.text.uppercased()
        return .pass
    }
}
