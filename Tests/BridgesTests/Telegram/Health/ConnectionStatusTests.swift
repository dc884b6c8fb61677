import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct ConnectionStatusTests {
        private static let group = TelegramHost.group

        @Test func `an outage is told once, and its end with what was delivered`()
            async throws
        {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.chance = 100
                state.kinds = [.page]
            }
            try await host.other.publish((1...12).map { Draft("\($0)", from: "ana") })
            await host.pass(.seconds(25))
            #expect(await host.server.perform { $0.chats[Self.group]?.posts.count } == 0)
            let told = "Telegram no responde; 12 mensajes en espera."
            #expect(await !host.messages(12).map(\.text).contains(told))
            let waiting = Task { await host.said(told) }
            await host.pass(.seconds(155), step: .milliseconds(500))
            #expect(await waiting.value?.sender.name == "servidor")
            await host.server.perform { $0.chance = 0 }
            let over = Task { await host.messages(14).last?.text ?? "" }
            await host.until(step: .milliseconds(100)) { $0.chats[Self.group]?.lines.count == 12 }
            await host.pass(.seconds(60), step: .milliseconds(500))
            let end = await over.value
            #expect(end.hasPrefix("Telegram responde de nuevo; 12 mensajes entregados, "))
            #expect(end.hasSuffix(" min tarde."))
            // Nothing of that is for Telegram.
            #expect(await host.posts().flatMap { $0.text.split(separator: "\n") }.count == 12)
            try await host.stop()
        }

        @Test func `outages are not told if that is not wanted`() async throws {
            let host = try await TelegramHost { $0.options.outages = false }
            await host.server.perform { state in
                state.chance = 100
                state.kinds = [.closed]
            }
            await host.pass(.seconds(90), step: .milliseconds(500))
            try await host.other.publish("fin", from: "ana")
            #expect(await host.lines(1) == ["ana: fin"])
            await host.server.perform { $0.chance = 0 }
            try await host.stop()
        }

        @Test func `a bridge that only sends tells of outages too, and of their end`() async throws
        {
            let host = try await TelegramHost { $0.direction = .out }
            await host.server.perform { state in
                state.chance = 100
                state.kinds = [.page]
            }
            try await host.other.publish(["uno", "dos"].map { Draft($0, from: "ana") })
            await host.pass(.seconds(90), step: .milliseconds(500))
            #expect(await host.said("Telegram no responde; 2 mensajes en espera.") != nil)
            await host.server.perform { $0.chance = 0 }
            let over = Task { await host.messages(4).last?.text ?? "" }
            await host.pass(.seconds(70), step: .milliseconds(500))
            let end = await over.value
            #expect(end.hasPrefix("Telegram responde de nuevo; 2 mensajes entregados, "))
            #expect(await host.posts().map(\.text) == ["ana: uno\nana: dos"])
            try await host.stop()
        }

        @Test(arguments: ["refused", "kicked"])
        func `an answer that refuses ends an outage as a success does`(how: String)
            async throws
        {
            let host = try await TelegramHost { $0.direction = .out }
            await host.server.perform { state in
                state.chance = 100
                state.kinds = [.page]
            }
            try await host.other.publish("malo", from: "ana")
            await host.pass(.seconds(90), step: .milliseconds(500))
            #expect(await host.said("Telegram no responde; 1 mensaje en espera.") != nil)
            await host.server.perform { state in
                state.chance = 0
                if how == "kicked" {
                    state.chats[Self.group]?.status = how
                } else {
                    state.chats[Self.group]?.refused = "malo"
                }
            }
            let over = Task { await host.said("Telegram responde de nuevo.") }
            await host.pass(.seconds(70), step: .milliseconds(500))
            #expect(await over.value?.sender.name == "servidor")
            #expect(host.test.log.sentences.contains("Telegram answers again"))
            try await host.stop()
        }

        /// Has somebody speak in a room.
        private func say(
            _ texts: [String], in room: String = "general", _ host: TelegramHost
        ) async throws {
            try await host.other.publish(
                texts.map { text in
                    var draft = Draft(text, from: "ana")
                    draft.room = room
                    return draft
                })
        }

        @Test func `each topic counts what waits for it, up to the last second`() async throws {
            let host = try await TelegramHost { setup in
                setup.rooms = ["general", "logs"]
                setup.options.chats["\(Self.group)/7"] = RoomName("logs")
            }
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.chats[Self.group]?.topics = [7: true]
                state.faults["sendMessage"] = Array(repeating: .page, count: 500)
            }
            for room in ["general", "logs"] { try await say(["a", "b", "c"], in: room, host) }
            await host.pass(.seconds(27))
            try await say((1...9).map { "\($0)" }, host)
            try await say(["d"], in: "logs", host)
            await host.pass(.seconds(5))
            for room in ["general", "logs"] { try await say(["fin"], in: room, host) }
            #expect(
                await host.messages(14).map(\.text).suffix(2)
                    == ["Telegram no responde; 12 mensajes en espera.", "fin"])
            #expect(
                await host.messages(6, in: "logs").map(\.text).suffix(2)
                    == ["Telegram no responde; 4 mensajes en espera.", "fin"])
            await host.server.perform { $0.faults = [:] }
            await host.until(step: .milliseconds(500)) { $0.chats[Self.group]?.lines.count == 18 }
            for (room, count) in [("general", 13), ("logs", 5)] {
                let end = await host.turning { await host.messages(count + 2, in: room).last?.text }
                #expect(
                    end?.hasPrefix("Telegram responde de nuevo; \(count) mensajes entregados")
                        == true, "\(end ?? "")")
            }
            try await host.stop()
        }

        @Test func `messages into silence are told after 30 s, and how late they are`() async throws
        {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { $0.faults["sendMessage"] = [.silence, .silence] }
            try await say(["uno"], host)
            await host.pass(.seconds(20))
            try await say(["dos"], host)
            await host.pass(.seconds(12))
            try await say(["fin"], host)
            #expect(
                await host.messages(4).map(\.text)
                    == ["uno", "dos", "Telegram no responde; 2 mensajes en espera.", "fin"])
            let end = await host.turning { await host.messages(5).last?.text ?? "" }
            #expect(end.hasPrefix("Telegram responde de nuevo; 3 mensajes entregados, 6"))
            try await host.stop()
        }

        @Test func `what waits behind a message into silence is counted too`() async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.faults = [
                    "getUpdates": Array(repeating: .page, count: 500),
                    "sendMessage": [.silence, .silence],
                ]
            }
            await host.say("hola")
            await host.pass(.seconds(5))
            try await say(["uno"], host)
            await host.pass(.seconds(20))
            try await say(["dos", "tres"], host)
            await host.pass(.seconds(7))
            try await say(["fin"], host)
            #expect(
                await host.messages(6).map(\.text) == [
                    "hola", "uno", "dos", "tres", "Telegram no responde; 3 mensajes en espera.",
                    "fin",
                ])
            await host.server.perform { $0.faults = [:] }
            try await host.stop()
        }

        @Test func `polls into silence are told 30 s after the answer was due`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                state.faults["getUpdates"] = Array(repeating: .silence, count: 100)
                // The first one may have begun.
                if state.isPolled { state.update(["message": [:]]) }
            }
            await host.pass(.seconds(77), step: .milliseconds(250))
            try await say(["uno"], host)
            await host.pass(.seconds(6), step: .milliseconds(250))
            try await say(["fin"], host)
            #expect(await host.messages(3).map(\.text) == ["uno", "Telegram no responde.", "fin"])
            await host.server.perform { $0.faults = [:] }
            try await host.stop()
        }

        @Test func `an observer that is answered again wakes the others`() async throws {
            let host = try await TelegramHost { $0.options.outages = false }
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.chance = 100
                state.kinds = [.page]
            }
            await host.say("hola")
            try await say(["uno"], host)
            await host.pass(.seconds(300), step: .milliseconds(500))
            await host.server.perform { $0.chance = 0 }
            await host.until { $0.pending == 0 || $0.chats[Self.group]?.posts.isEmpty == false }
            await host.pass(.milliseconds(2_500))
            #expect(await host.server.perform { $0.pending } == 0)
            #expect(await host.posts().count == 1)
            try await host.stop()
        }
    }
}
