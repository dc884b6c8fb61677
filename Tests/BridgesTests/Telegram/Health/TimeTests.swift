import MessageBus
import Middlewares
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// Messages from an outage count at the time at which they were said, not when they came.
    @Suite(.timeLimit(.minutes(10))) struct TimeTests {
        private static let group = TelegramHost.group

        private func limit(_ messages: Int, by scope: Limit.Scope = .sender) -> Limit {
            var options = Limit.Options()
            options.messages = messages
            options.by = scope
            return Limit(options, .make())
        }

        @Test(arguments: [Limit.Scope.sender, .bridge, .room])
        func `a backlog is limited by when it was said`(scope: Limit.Scope) async throws {
            let host = try await TelegramHost { $0.middlewares = [limit(20, by: scope)] }
            // Others speak in the room meanwhile, and leave nothing for one moment.
            try await host.other.publish((0..<20).map { Draft("\($0)", from: "bob") })
            await host.server.perform { state in
                for index in 0..<60 {
                    state.say(
                        "uno cada segundo \(index)", in: Self.group,
                        ["date": state.date - 3_600 + Int64(index)])
                }
                // And these are said at once.
                for index in 0..<30 {
                    state.say(
                        "todo a la vez \(index)", in: Self.group, from: "Bea", id: 8,
                        ["date": state.date - 3_000])
                }
            }
            let messages = await host.messages(100).dropFirst(20)
            #expect(messages.prefix(60).allSatisfy { $0.text.hasPrefix("uno") })
            #expect(messages.count { $0.text.hasPrefix("todo") } == 20)
            let first = try #require(messages.first)
            let late = first.received.milliseconds - first.time.milliseconds
            #expect((3_600_000...3_602_000).contains(late))
            try await host.stop()
        }

        @Test func `an album counts once, and its pictures repeat nothing`() async throws {
            let dedupe = Dedupe(Dedupe.Options(), .make())
            let host = try await TelegramHost { $0.middlewares = [limit(5), dedupe] }
            await host.server.perform { state in
                for index in 0..<30 {
                    var more: [String: Any] = [
                        "photo": [["file_unique_id": "p\(index)"]],
                        "media_group_id": "album \(index / 10)",
                    ]
                    if index == 29 { more["caption"] = "la playa" }
                    state.say(in: Self.group, more)
                }
                // The same picture again is a repetition; another album is too much.
                state.say(in: Self.group, ["photo": [["file_unique_id": "p0"]]])
                for album in 4..<8 {
                    for index in 0..<3 {
                        state.say(
                            in: Self.group,
                            [
                                "photo": [["file_unique_id": "\(album) \(index)"]],
                                "media_group_id": "\(album)",
                            ])
                    }
                }
                state.say("fin", in: Self.group, from: "Bea", id: 8)
            }
            let texts = await host.messages(34).map(\.text)
            #expect(texts.prefix(29).allSatisfy { $0 == "[foto]" })
            #expect(texts[29] == "[foto] la playa")
            // Five are left to Ana: three albums, the picture that was dropped afterwards, and one.
            #expect(texts[30...] == ["[foto]", "[foto]", "[foto]", "fin"])
            try await host.stop()
        }

        @Test func `what was repeated an hour before is no repetition`() async throws {
            let dedupe = Dedupe(Dedupe.Options(), .make())
            let host = try await TelegramHost { $0.middlewares = [dedupe] }
            await host.server.perform { state in
                for ago in [7_200, 3_600, 3_590, 60] as [Int64] {
                    state.say("ok", in: Self.group, ["date": state.date - ago])
                }
                state.say("fin", in: Self.group)
            }
            let messages = await host.messages(4)
            #expect(messages.map(\.text) == ["ok", "ok", "ok", "fin"])
            try await host.stop()
        }

        @Test func `times that can't be are not believed`() async throws {
            let host = try await TelegramHost()
            await host.server.perform { state in
                for date in [state.date + 86_400, 0, -5, 1, 1 << 40] {
                    state.say("\(date)", in: Self.group, ["date": date])
                }
                state.say(
                    "corregido", in: Self.group, kind: "edited_message",
                    ["message_id": 3, "date": state.date - 90, "edit_date": state.date - 30])
            }
            let messages = await host.messages(6)
            for message in messages.prefix(5) { #expect(message.time == message.received) }
            let edit = messages[5]
            #expect((30_000...31_500).contains(edit.received.milliseconds - edit.time.milliseconds))
            try await host.stop()
        }
    }
}
