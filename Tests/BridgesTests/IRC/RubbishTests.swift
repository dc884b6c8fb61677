import IRC
import MessageBus
import TestSupport
import Testing

@testable import IRCBridge

extension IRCBridgeTests {
    /// Servers that say what no server should.
    @Suite struct RubbishTests {
        @Test func `lines without what they should have change nothing`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let commands = [
                "PRIVMSG", "NOTICE", "JOIN", "PART", "QUIT", "NICK", "KICK", "MODE", "INVITE",
                "ACCOUNT", "CHGHOST", "BATCH", "REDACT", "PONG", "CAP", "FAIL", "PING", "005",
                "353", "352", "354", "396", "404", "433", "437", "442", "474", "936", "999",
            ]
            let heard = try await host.heard(1) {
                for command in commands {
                    for parameters in [
                        "", " x", " #swift", " #swift x", " + - :", " +x draft/multiline",
                    ] {
                        await host.server.emit(":a!b@c \(command)\(parameters)")
                        await host.server.emit("\(command)\(parameters)")
                    }
                }
                await host.server.emit("BATCH +open draft/multiline #swift")
                for _ in 0..<5_000 {
                    await host.server.emit(
                        "@batch=open :a!b@c PRIVMSG #swift :\(String(repeating: "x", count: 200))")
                }
                await host.server.say("fin")
                await host.pass(.seconds(400))
                await host.server.say("fin")
                await host.pass(.seconds(2))
            }
            #expect(heard.contains { $0.text == "fin" })
        }

        @Test func `random bytes change nothing`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let seed = UInt64.random(in: 0...(.max))
            var random = Seeded(seed)
            let words = [
                "@", ":", " ", "!", ";", "=", "#swift", "PRIVMSG", "puente", "BATCH", "+x", "-x",
                "batch=x", "label=1", "time=", "msgid=a", "404", "KICK", "\u{1}ACTION", "é",
                "\u{0}",
            ]
            for _ in 0..<2_000 {
                let count = Int.random(in: 1...12, using: &random)
                let line = (0..<count).map { _ in
                    words[Int.random(in: 0..<words.count, using: &random)]
                        + (Bool.random(using: &random) ? " " : "")
                }.joined()
                // What would end the connection is another test's.
                if line.contains("ERROR") { continue }
                await host.server.emit(line)
            }
            let heard = try await host.heard(1) {
                await host.pass(.seconds(700))
                await host.server.say("fin")
                await host.pass(.seconds(2))
            }
            #expect(heard.contains { $0.text == "fin" }, "seed \(seed)")
            try await host.say("fin")
            await host.until { await $0.server.texts().last?.hasSuffix("fin") == true }
        }
    }
}
