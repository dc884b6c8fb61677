import IRC
import MessageBus
import TestSupport
import Testing

@testable import IRCBridge

extension IRCBridgeTests {
    /// Servers that refuse, and servers that go.
    @Suite struct TroubleTests {
        @Test func `a kick is told, and the bridge comes back`() async throws {
            let host = try await IRCHost()
            let heard = try await host.heard(2) {
                await host.server.emit(":op!o@h KICK #swift puente :fuera")
                await host.pass(.seconds(20))
            }
            #expect(
                heard.map(\.text) == [
                    "op ha expulsado a este puente de #swift: fuera", "De nuevo en #swift.",
                ])
            try await host.say("aquí")
            #expect(await host.told(1) == ["Ana: aquí"])
        }

        @Test func `a server that says nothing keeps nobody waiting`() async throws {
            let host = try await IRCHost {
                $0.behaviour = { $0.isDead = true }
                $0.isAwaited = false
            }
            await host.until { await $0.server.perform { $0.connections } > 0 }
            #expect(await !host.test.bus.isReady(host.port.attachment))
            await host.pass(.seconds(6))
            #expect(await host.test.bus.isReady(host.port.attachment))
        }

        @Test func `a ban behind a kick is told as well, once`() async throws {
            let host = try await IRCHost()
            let heard = try await host.heard(3) {
                await host.server.perform { $0.joinRefusals["#swift"] = "474 Banned" }
                await host.server.emit(":op!o@h KICK #swift puente :fuera")
                await host.pass(.seconds(60))
                #expect(await host.server.perform { $0.joins.count } > 2)
                await host.server.perform { $0.joinRefusals = [:] }
            }
            #expect(
                heard.map(\.text) == [
                    "op ha expulsado a este puente de #swift: fuera",
                    "No se puede entrar en #swift: Banned (474)", "De nuevo en #swift.",
                ])
        }

        @Test(arguments: [[], ["echo-message", "message-tags", "batch", "labeled-response"]])
        func `a text that the channel refuses for its words keeps no other up`(
            capabilities: [String]
        ) async throws {
            let host = try await IRCHost {
                $0.store = MemoryStore()
                $0.behaviour = {
                    $0.capabilities = capabilities
                    $0.wordRefusals["GRITA"] = "404 Cannot send to channel (+B)"
                }
            }
            let heard = try await host.heard(3) {
                try await host.say(["uno", "GRITA", "dos", "tres"])
                await host.pass(.seconds(60))
            }
            #expect(
                heard.map(\.text) == [
                    "#swift no acepta mensajes: Cannot send to channel (+B) (404)",
                    "#swift acepta mensajes de nuevo.",
                    "#swift no acepta un mensaje de Ana: Cannot send to channel (+B)",
                ])
            await host.until { await $0.server.texts().last?.hasSuffix("tres") == true }
            let told = await host.told(3)
            #expect(Set(told) == ["Ana: uno", "Ana: dos", "Ana: tres"])
        }

        @Test(arguments: [
            "471 Full", "473 Invite only", "474 Banned", "475 Bad key", "477 Register",
        ])
        func `a channel that can't be joined is told, tried again, and keeps no other up`(
            refusal: String
        ) async throws {
            let host = try await IRCHost {
                $0.rooms = ["general", "logs"]
                $0.options.channels = ["#swift": RoomName("general"), "#logs": RoomName("logs")]
                $0.behaviour = { $0.joinRefusals["#swift"] = refusal }
                $0.isAwaited = false
            }
            let words = refusal.split(separator: " ", maxSplits: 1)
            let heard = try await host.heard(2) {
                await host.until { await $0.server.perform { $0.joins.contains("#logs") } }
                try await host.say("uno", in: "general")
                try await host.say("dos", in: "logs")
                #expect(await host.told(1, "#logs") == ["Ana: dos"])
                await host.pass(.seconds(30))
                #expect(await host.server.perform { $0.joins.count { $0 == "#swift" } } > 2)
                await host.server.perform { $0.joinRefusals = [:] }
            }
            #expect(
                heard.map(\.text) == [
                    "No se puede entrar en #swift: \(words[1]) (\(words[0]))",
                    "De nuevo en #swift.",
                ])
            #expect(await host.told(1) == ["Ana: uno"])
        }

        @Test(arguments: [[], ["echo-message", "message-tags", "batch", "labeled-response"]])
        func `a channel that takes nothing is told, and nothing is lost`(
            capabilities: [String]
        ) async throws {
            let host = try await IRCHost {
                $0.store = MemoryStore()
                $0.behaviour = {
                    $0.capabilities = capabilities
                    $0.speakRefusals["#swift"] = "404 Cannot send to channel (+m)"
                }
            }
            let heard = try await host.heard(2) {
                try await host.say(["uno", "dos"])
                await host.pass(.seconds(40))
                await host.server.perform { $0.speakRefusals = [:] }
            }
            #expect(
                heard.map(\.text) == [
                    "#swift no acepta mensajes: Cannot send to channel (+m) (404)",
                    "#swift acepta mensajes de nuevo.",
                ])
            #expect(await host.told(2) == ["Ana: uno", "Ana: dos"])
        }

        @Test(arguments: [[], ["echo-message", "message-tags", "batch", "labeled-response"]])
        func `a line that is never taken is told, and keeps no other up`(
            capabilities: [String]
        ) async throws {
            let host = try await IRCHost {
                $0.store = MemoryStore()
                $0.behaviour = {
                    $0.capabilities = capabilities
                    $0.wordRefusals["casino"] = "936 Your message contained a censored word"
                }
            }
            let heard = try await host.heard(1) {
                try await host.say(["uno", "casino", "dos"])
                await host.until { await $0.server.texts().contains { $0.hasSuffix("dos") } }
            }
            #expect(
                heard.map(\.text) == [
                    "#swift no acepta un mensaje de Ana: Your message contained a censored word"
                ])
            try await host.say("tres")
            await host.until { await $0.server.texts().last?.hasSuffix("tres") == true }
            await host.pass(.seconds(3))
            #expect(await Set(host.told(3)) == ["Ana: uno", "Ana: dos", "Ana: tres"])
        }

        @Test func `a change of modes has it tried again soon`() async throws {
            let host = try await IRCHost {
                $0.behaviour = { $0.speakRefusals["#swift"] = "404 Cannot send to channel (+m)" }
            }
            try await host.say("uno")
            await host.until { $0.test.log.sentences.contains { $0.contains("takes nothing") } }
            await host.pass(.seconds(2))
            await host.server.perform { $0.speakRefusals = [:] }
            await host.server.emit(":op!o@h MODE #swift -m")
            await host.pass(.seconds(2))
            #expect(await host.server.texts().count == 1)
        }

        @Test func `another nick is taken, told, and given back`() async throws {
            let host = try await IRCHost {
                $0.options.alternatives = ["puente2"]
                $0.behaviour = { $0.takenNicks = ["puente", "puente2"] }
                $0.isAwaited = false
            }
            let heard = try await host.heard(2) {
                await host.until { $0.test.log.sentences.contains("joined #swift") }
                await host.pass(.seconds(130))
                await host.server.perform { $0.takenNicks = [] }
                await host.pass(.seconds(130))
            }
            #expect(
                heard.map(\.text) == [
                    "El apodo puente está ocupado en localhost: aquí se habla como puente_.",
                    "De nuevo con el apodo puente en localhost.",
                ])
        }

        @Test func `a server that does not answer is found out and told`() async throws {
            let host = try await IRCHost()
            await host.server.perform { $0.isDead = true }
            let heard = try await host.heard(1) { await host.pass(.seconds(140)) }
            #expect(heard.map(\.text) == ["localhost no responde."])
            await host.server.perform {
                $0.isDead = false
                $0.drop()
            }
            let back = try await host.heard(2) { await host.pass(.seconds(90)) }
            #expect(back.map(\.text) == ["localhost no responde.", "localhost responde de nuevo."])
            #expect(await host.server.perform { $0.connections } > 1)
        }

        @Test func `what was not confirmed goes out again after a connection was lost`()
            async throws
        {
            let host = try await IRCHost { $0.behaviour = { $0.ignoresPings = true } }
            try await host.say(["uno", "dos"])
            #expect(await host.told(2) == ["Ana: uno", "Ana: dos"])
            await host.server.perform {
                $0.ignoresPings = false
                $0.drop()
            }
            #expect(
                await host.told(4) == ["Ana: uno", "Ana: dos", "Ana: uno", "Ana: dos"])
            #expect(host.test.log.sentences.contains { $0.contains("may be there twice") })
        }

        @Test func `what is confirmed does not go out again`() async throws {
            for capabilities in [[], IRCHost.modern] {
                let host = try await IRCHost { $0.behaviour = { $0.capabilities = capabilities } }
                try await host.say(["uno", "dos\ntres"])
                _ = await host.told(capabilities.isEmpty ? 3 : 2)
                await host.pass(.seconds(5))
                await host.server.perform { $0.drop("Excess Flood") }
                await host.until { await $0.server.perform { $0.joins.count } == 2 }
                try await host.say("fin")
                await host.until { await $0.server.texts().last?.hasSuffix("fin") == true }
                #expect(await host.server.texts().count == (capabilities.isEmpty ? 4 : 3))
            }
        }

        @Test func `what has waited for too long is only counted`() async throws {
            let host = try await IRCHost { $0.store = MemoryStore() }
            await host.server.perform {
                $0.joinRefusals["#swift"] = "474 Banned"
                $0.drop()
            }
            await host.until { await $0.server.perform { $0.joins.count } == 2 }
            try await host.say((0..<100).map { "viejo \($0)" })
            try await host.say("de dos\nlíneas")
            await host.pass(.seconds(16 * 60))
            try await host.say("nuevo")
            await host.server.perform { $0.joinRefusals = [:] }
            #expect(await host.told(2) == ["[… 102 líneas]", "Ana: nuevo"])
        }

        @Test func `all of it goes out if that is wanted`() async throws {
            let host = try await IRCHost {
                $0.options.older = nil
                $0.behaviour = { $0.joinRefusals["#swift"] = "474 Banned" }
                $0.isAwaited = false
            }
            try await host.say((0..<100).map { "viejo \($0)" })
            await host.pass(.seconds(16 * 60))
            await host.server.perform { $0.joinRefusals = [:] }
            #expect(await host.told(100) == (0..<100).map { "Ana: viejo \($0)" })
        }

        @Test(arguments: [false, true])
        func `a flood of lines with kills loses nothing`(hasEcho: Bool) async throws {
            let host = try await IRCHost {
                $0.store = MemoryStore()
                // The pauses between the connections may take longer than a quarter of an hour.
                $0.options.older = nil
                $0.behaviour = {
                    $0.capabilities = hasEcho ? IRCHost.modern : []
                    $0.killAfter = 37
                    $0.killsForFlood = true
                }
            }
            let texts = (0..<500).map { "línea \($0)" }
            try await host.say(texts)
            await host.until(.milliseconds(100)) {
                await $0.server.texts().last?.hasSuffix(" 499") == true
            }
            let told = await host.told(500)
            #expect(Set(told) == Set(texts.map { "Ana: \($0)" }))
            #expect(Self.isOrderedButForRepetitions(told, texts.map { "Ana: \($0)" }))
            #expect(told.count < 700)
        }

        /// Returns whether each text comes for the first time in its order.
        private static func isOrderedButForRepetitions(
            _ found: [String], _ texts: [String]
        ) -> Bool {
            var seen: Set<String> = []
            return found.filter { seen.insert($0).inserted } == texts
        }

        @Test func `a kill of the daemon loses nothing`() async throws {
            var store = MemoryStore()
            var host = try await IRCHost {
                $0.store = store
                $0.options.flood.burst = 20
            }
            try await host.say((0..<100).map { "línea \($0)" })
            for count in [10, 30, 60] {
                _ = await host.told(count)
                let disk = store.disk
                host.run.cancel()
                let next = MemoryStore(disk)
                host = try await host.next(disk) {
                    $0.store = next
                    $0.options.flood.burst = 20
                }
                store = next
            }
            await host.until { await $0.server.texts().last?.hasSuffix(" 99") == true }
            #expect(await Set(host.told(100)).count == 100)
        }

        @Test func `what is said again after a kill of the daemon is counted`() async throws {
            let store = MemoryStore()
            var host = try await IRCHost {
                $0.store = store
                $0.behaviour = { $0.ignoresPings = true }
            }
            try await host.say((0..<20).map { "línea \($0)" })
            #expect(await host.told(20).count == 20)
            host.run.cancel()
            let disk = store.disk
            await host.server.perform { $0.ignoresPings = false }
            host = try await host.next(disk)
            try await host.say("fin")
            await host.until { await $0.server.texts().last?.hasSuffix("fin") == true }
            let told = await host.told(41)
            #expect(told.count == 41)
            #expect(
                host.test.log.sentences.last { $0.contains("possible duplicates so far: 20") }
                    != nil)
        }
    }
}
