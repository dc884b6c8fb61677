import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct PollErrorsTests {
        private static let group = TelegramHost.group

        /// Returns the number of times that a sentence was logged, at a level or above.
        private func logged(_ sentence: String, _ level: Log.Level, _ host: TelegramHost) -> Int {
            host.test.log.entries.count { $0.level >= level && $0.sentence.contains(sentence) }
        }

        @Test(arguments: [400, 403, 409, 413])
        func `what refuses the first call is said once`(code: Int) async throws {
            let server = try BotServer()
            await server.perform { $0.refusedMethods = ["getMe": code] }
            let host = try await TelegramHost { $0.server = server }
            await host.pass(.seconds(90), step: .milliseconds(500))
            let sentence = "Telegram refuses to be polled: \(code) Unauthorized. Trying again"
            #expect(logged(sentence, .error, host) == 1)
            #expect(await server.perform { $0.refusals } > 3)
            // Another answer is said too.
            await server.perform { $0.refusedMethods = ["getMe": code == 403 ? 413 : 403] }
            await host.pass(.seconds(120), step: .milliseconds(500))
            #expect(logged("Telegram refuses to be polled: ", .error, host) == 2)
            await server.perform { $0.refusedMethods = [:] }
            await host.until(step: .milliseconds(500)) { $0.isPolled }
            await host.logged("polling works again")
            try await host.stop()
        }

        @Test(arguments: ["getMe", "getUpdates"])
        func `a flood of questions is said once`(method: String) async throws {
            let server = try BotServer()
            await server.perform { state in
                state.floodLength = 20
                state.faults[method] = [.flood, .flood, .flood]
            }
            let host = try await TelegramHost { $0.server = server }
            await host.until(step: .milliseconds(500)) { $0.faults[method] == [] && $0.isPolled }
            #expect(logged("not polling for 20.0 seconds", .info, host) == 1)
            try await host.stop()
        }

        @Test func `what refuses a poll now and then is said once a minute`() async throws {
            let host = try await TelegramHost()
            for _ in 0..<60 {
                await host.server.perform { $0.refusedMethods = ["getUpdates": 403] }
                await host.say("hola")
                await host.pass(.seconds(1))
                await host.server.perform { $0.refusedMethods = [:] }
                await host.pass(.seconds(1))
            }
            let count = logged("Telegram refuses to be polled: 403", .info, host)
            #expect((1...3).contains(count))
            try await host.stop()
        }

        @Test func `a conflict over a message is as if nobody answered`() async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { $0.refusedMethods = ["sendMessage": 409] }
            try await host.other.publish(["uno", "dos"].map { Draft($0, from: "ana") })
            await host.pass(.seconds(90), step: .milliseconds(500))
            #expect(logged("Telegram does not answer: 409 Unauthorized", .warning, host) == 1)
            #expect(await host.said("Telegram no responde; 2 mensajes en espera.") != nil)
            await host.server.perform { $0.refusedMethods = [:] }
            await host.until(step: .milliseconds(500)) {
                $0.chats[Self.group]?.lines == ["ana: uno", "ana: dos"]
            }
            await host.logged("Telegram answers again")
            try await host.stop()
        }
    }
}
