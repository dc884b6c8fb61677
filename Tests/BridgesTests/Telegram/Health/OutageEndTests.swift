import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    @Suite(.timeLimit(.minutes(10))) struct OutageEndTests {
        private static let group = TelegramHost.group
        private static let over = "Telegram responde de nuevo; "

        /// Returns the sentences of the bus in the room so far.
        private func told(_ host: TelegramHost) async throws -> [String] {
            try await host.other.publish("¿fin?", from: "eva")
            var result: [String] = []
            for await message in host.reader.messages(in: "general") {
                if message.text == "¿fin?" { break }
                if message.sender.name == "servidor" { result.append(message.text) }
            }
            return result
        }

        @Test func `the end is told while the room is busy, with what had waited`() async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.faults["sendMessage"] = Array(repeating: .page, count: 500)
            }
            try await host.other.publish((1...12).map { Draft("\($0)", from: "ana") })
            await host.pass(.seconds(32))
            #expect(await host.said("Telegram no responde; 12 mensajes en espera.") != nil)
            await host.server.perform { state in
                state.faults = [:]
                state.slowness = 1_500
            }
            // Somebody always speaks while something is on its way.
            var (said, saidBefore) = (12, 0)
            for _ in 0..<300 {
                try await host.other.publish("\(said + 1)", from: "ana")
                said += 1
                await host.pass(.milliseconds(300))
                let isBegun = await !host.posts().isEmpty
                if isBegun, saidBefore == 0 { saidBefore = said }
            }
            #expect(saidBefore > 0)
            let end = try #require(try await told(host).dropFirst().first)
            let delivered = try #require(end.split(separator: " ").compactMap { Int($0) }.first)
            #expect(end.hasPrefix(Self.over))
            // The answer to the first takes 1.5 s at most, in which some more are said: five by the
            // clock that the test turns, more on a machine that is busy meanwhile.
            #expect((12...saidBefore + 40).contains(delivered))
            try await host.stop()
        }

        @Test func `what went out on time is not told as late`() async throws {
            let host = try await TelegramHost()
            await host.until { $0.isPolled }
            await host.server.perform { state in
                state.faults["getUpdates"] = Array(repeating: .page, count: 500)
            }
            await host.say("hola")
            for index in 0..<20 {
                try await host.other.publish("\(index)", from: "ana")
                await host.pass(.seconds(4), step: .milliseconds(200))
            }
            #expect(await host.posts().count > 10)
            await host.server.perform { $0.faults = [:] }
            await host.until { $0.pending == 0 && $0.isPolled }
            await host.pass(.seconds(10))
            let told = try await told(host)
            #expect(told.first?.hasPrefix("Telegram no responde") == true)
            #expect(told.dropFirst() == ["Telegram responde de nuevo."])
            try await host.stop()
        }

        @Test func `what comes and goes is logged once a minute`() async throws {
            let host = try await TelegramHost()
            for _ in 0..<30 {
                await host.server.perform { $0.faults["getUpdates"] = [.page] }
                await host.say("hola")
                await host.pass(.seconds(4))
            }
            let loud = host.test.log.entries.filter { $0.level > .debug }.map(\.sentence)
            #expect((2...3).contains(loud.count { $0.hasPrefix("Telegram does not answer") }))
            #expect((2...3).contains(loud.count { $0 == "Telegram answers again" }))
            try await host.stop()
        }

        @Test(arguments: [Direction.out, .both])
        func `an outage that ends in time is told to nobody`(direction: Direction)
            async throws
        {
            let host = try await TelegramHost { $0.direction = direction }
            if direction == .both { await host.until { $0.isPolled } }
            for round in 0..<6 {
                await host.server.perform { state in
                    state.chance = 100
                    state.kinds = [.page]
                }
                if direction == .both { await host.say("hola \(round)") }
                try await host.other.publish("\(round)", from: "ana")
                // An outbox that rests now would rest beyond the 30 s, as a rule.
                await host.pass(.seconds(26))
                await host.server.perform { $0.chance = 0 }
                await host.pass(.seconds(40), step: .milliseconds(200))
            }
            #expect(await host.server.perform { $0.chats[Self.group]?.lines.count } == 6)
            #expect(try await told(host) == [])
            try await host.stop()
        }
    }
}
