import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct StartupTests {
        private static let group = TelegramHost.group

        @Test func `a wrong token is a sentence, without the token`() async throws {
            for code in [401, 404] {
                let server = try BotServer()
                await server.perform { $0.tokenIsRefused = code }
                let host = try await TelegramHost { $0.server = server }
                await #expect(throws: BridgeError.self) { try await host.run.value }
                do { try await host.run.value } catch {
                    #expect("\(error)".hasPrefix("Telegram knows no bot with this token (\(code) "))
                    #expect(!"\(error)".contains(BotServer.token))
                }
                #expect(await !host.test.bus.isReady(host.port.attachment))
            }
        }

        @Test(arguments: [Direction.in, .out, .both])
        func `a token that is revoked is said once, and tried again until it is known`(
            direction: Direction
        ) async throws {
            let host = try await TelegramHost { $0.direction = direction }
            if direction != .out { await host.until { $0.isPolled } }
            await host.server.perform { $0.tokenIsRefused = 401 }
            await host.say("hola")
            try await host.other.publish("uno", from: "ana")
            await host.pass(.seconds(120), step: .milliseconds(500))
            let said = host.test.log.sentences.filter {
                $0.hasPrefix("Telegram knows no bot with this token (401 Unauthorized): check ")
            }
            #expect(said.count == 1)
            await host.server.perform { $0.tokenIsRefused = nil }
            if direction != .in {
                await host.until(step: .milliseconds(500)) {
                    $0.chats[Self.group]?.posts.count == 1
                }
            }
            if direction != .out { #expect(await host.turning { await host.said("hola") } != nil) }
            await host.logged("Telegram knows the bot again")
            // Nothing has arrived, so nothing can be there twice.
            #expect(!host.test.log.sentences.contains { $0.contains("may arrive more than once") })
            try await host.stop()
        }

        @Test(arguments: ["getUpdates", "sendMessage"])
        func `where Telegram knows the bot, it goes on working`(method: String) async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { $0.refusedMethods = [method: 401] }
            await host.say("hola")
            try await host.other.publish("uno", from: "ana")
            if method == "getUpdates" {
                await host.until { $0.chats[Self.group]?.posts.count == 1 }
                for index in 0..<10 {
                    try await host.other.publish("\(index)", from: "ana")
                    await host.pass(.seconds(6), step: .milliseconds(500))
                }
                await host.until { $0.chats[Self.group]?.lines.count == 11 }
            } else {
                #expect(await host.turning { await host.said("hola") } != nil)
                await host.pass(.seconds(60), step: .milliseconds(500))
            }
            #expect(await host.server.perform { $0.calls["getMe"] } == 1)
            // Backed off from, not driven on by what works.
            #expect(await host.server.perform { $0.refusals } < 15)
            await host.server.perform { $0.refusedMethods = [:] }
            await host.until(step: .milliseconds(500)) {
                $0.pending == 0 && $0.chats[Self.group]?.lines.first == "ana: uno"
            }
            #expect(
                host.test.log.sentences.count { $0.hasPrefix("Telegram knows no bot") } == 1)
            #expect(!host.test.log.sentences.contains { $0.contains("may arrive more than once") })
            try await host.stop()
        }

        @Test func `a stop while the first call waits ends it at once`() async throws {
            let server = try BotServer()
            await server.perform { $0.faults["getMe"] = [.silence] }
            let host = try await TelegramHost {
                $0.server = server
                $0.isAwaited = false
            }
            await pollUntil { await server.perform({ $0.calls["getMe"] }) != nil }
            let start = host.test.clock.now
            try await host.stop()
            #expect(start.duration(to: host.test.clock.now) < .seconds(3))
        }

        @Test func `a server that can't be reached stops nothing and is tried again`() async throws
        {
            let server = try BotServer()
            await server.perform { $0.faults["getMe"] = [.closed, .page, .restart, .closed] }
            let host = try await TelegramHost { $0.server = server }
            await host.until { $0.isPolled }
            await host.say("hola")
            #expect(await host.lines(1) == ["Ana (telegram): hola"])
            try await host.stop()
        }

        @Test func `privacy mode, a webhook and an empty list are told`() async throws {
            let server = try BotServer()
            await server.perform { state in
                state.readsAll = false
                state.webhook = "https://example.org/SECRET"
            }
            let host = try await TelegramHost {
                $0.server = server
                $0.options.chats["-100777"] = RoomName("general")
                $0.options.chats["55"] = RoomName("general")
            }
            await server.perform { state in
                state.chats[-100_777]?.status = "administrator"
            }
            _ = await host.test.log.first { $0.sentence.contains("Send /setprivacy to @BotFather") }
            _ = await host.test.log.first { $0.sentence.contains("a webhook is set for this bot") }
            await host.pass(.seconds(30))
            #expect(host.test.log.sentences.count { $0.contains("a webhook is set") } == 1)
            let sentences = host.test.log.sentences
            #expect(!sentences.contains { $0.contains("SECRET") })
            #expect(!sentences.contains { $0.contains("of what is said in 55") })
            await server.perform { $0.webhook = "" }
            await host.until { $0.isPolled }
            try await host.stop()

            let empty = try await TelegramHost {
                $0.server = server
                $0.options.chats = [:]
            }
            _ = await empty.test.log.first { $0.sentence.hasPrefix("\"chats\" is empty") }
            // A person who is asked to write something in a group has to be heard there.
            _ = await empty.test.log.first {
                $0.sentence.contains("of what is said in a group the bot sees only commands")
            }
            try await empty.stop()
        }

        @Test func `a direction is only one`() async throws {
            let reading = try await TelegramHost { $0.direction = .in }
            try await reading.other.publish("uno", from: "ana")
            await reading.say("hola")
            #expect(await reading.said("hola") != nil)
            #expect(await reading.posts().isEmpty)
            try await reading.stop()

            let writing = try await TelegramHost { $0.direction = .out }
            try await writing.other.publish("uno", from: "ana")
            await writing.until { $0.chats[Self.group]?.posts.count == 1 }
            #expect(await writing.server.perform { $0.calls["getUpdates"] } == nil)
            try await writing.stop()
        }
    }
}
