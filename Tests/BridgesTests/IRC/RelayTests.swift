import Chat
import Foundation
import IRC
import MessageBus
import TestSupport
import Testing

@testable import IRCBridge

extension IRCBridgeTests {
    /// Texts both ways.
    @Suite struct RelayTests {
        @Test func `what is said goes both ways`() async throws {
            let host = try await IRCHost()
            let heard = try await host.heard(1) { await host.server.say("hola") }
            #expect(heard.map(\.text) == ["hola"])
            #expect(heard[0].sender.name == "ana (irc)")
            try await host.say("buenas")
            #expect(await host.told(1) == ["Ana: buenas"])
        }

        @Test func `a name in front of a line pings nobody`() async throws {
            let host = try await IRCHost()
            try await host.say("buenas")
            _ = await host.told(1)
            #expect(await host.server.texts() == ["A\u{200B}na: buenas"])
        }

        @Test func `what somebody does goes both ways, and no other message between programs`()
            async throws
        {
            let host = try await IRCHost()
            let heard = try await host.heard(2) {
                await host.server.say("\u{1}VERSION\u{1}")
                await host.server.say("\u{1}ACTION baila\u{1}")
                await host.server.say("fin")
            }
            #expect(heard.map(\.text) == ["* ana (irc) baila", "fin"])
            try await host.say("* Ana saluda")
            #expect(await host.told(1) == ["\u{1}ACTION Ana saluda\u{1}"])
        }

        @Test func `formatting is removed`() async throws {
            let host = try await IRCHost()
            let heard = try await host.heard(1) {
                await host.server.say("\u{2}uno\u{2} \u{3}04,01dos\u{3} tres")
            }
            #expect(heard.map(\.text) == ["uno dos tres"])
        }

        @Test func `notices, bots and who is ignored are not read`() async throws {
            let host = try await IRCHost {
                $0.options.ignore = ["relay!*@*", "*!*@Spam.example.org", "otro"]
                $0.behaviour = { $0.capabilities = IRCHost.modern }
            }
            let heard = try await host.heard(1) {
                await host.server.emit(":ana!a@h NOTICE #swift :aviso")
                await host.server.emit("@bot :ana!a@h PRIVMSG #swift :máquina")
                await host.server.say("relevo", by: "Relay")
                await host.server.say("relevo", by: "otro")
                await host.server.emit(":x!y@spam.example.org PRIVMSG #swift :spam")
                await host.server.say("persona")
            }
            #expect(heard.map(\.text) == ["persona"])
        }

        @Test func `ngircd is told of the bot, and asked once whether others are`() async throws {
            let host = try await IRCHost {
                $0.behaviour = {
                    $0.version = ["irc.test", "ngircd-26.1", "abBcCFiIoqrRswx"]
                    $0.bots = ["robot"]
                }
            }
            #expect(await host.server.perform { $0.lines.contains("MODE puente +B") })
            let heard = try await host.heard(4) {
                for text in ["uno", "dos"] {
                    await host.server.say(text, by: "robot")
                    await host.server.say(text, by: "ana")
                    await host.pass(.seconds(6))
                }
                await host.server.emit(":robot!r@h NICK :otro")
                await host.server.say("tres", by: "otro")
                await host.server.emit(":otro!r@h QUIT :fin")
                await host.server.say("cuatro", by: "otro")
            }
            // The first text may come before it is known.
            #expect(heard.map(\.text) == ["uno", "uno", "dos", "cuatro"])
            let questions = await host.server.perform { $0.lines.filter { $0.hasPrefix("WHOIS") } }
            #expect(questions.prefix(2) == ["WHOIS robot", "WHOIS ana"])
            #expect(questions.count == 2)
        }

        @Test func `bots are known by WHO where messages have no tags`() async throws {
            let host = try await IRCHost {
                $0.behaviour = { $0.features += ["BOT=B", "WHOX"] }
            }
            await host.until {
                await $0.server.perform { $0.lines.contains("WHO #swift %tnfa,152") }
            }
            let lines = await host.server.perform { $0.lines }
            #expect(lines.contains("MODE puente +B"))
            let heard = try await host.heard(1) {
                await host.server.emit(":irc.test 354 puente 152 robot HB 0")
                await host.server.emit(":irc.test 354 puente 152 ana H anita")
                await host.server.say("máquina", by: "robot")
                await host.server.say("persona")
            }
            #expect(heard.map(\.text) == ["persona"])
        }

        @Test func `what comes from one channel goes to the others of the room, and not back`()
            async throws
        {
            let host = try await IRCHost {
                $0.options.channels = ["#swift": RoomName("general"), "#otro": RoomName("general")]
            }
            await host.server.say("hola")
            #expect(await host.told(1, "#otro") == ["ana (irc): hola"])
            try await host.say("fin")
            #expect(await host.told(1) == ["Ana: fin"])
        }

        @Test func `what was relayed twice goes to no other channel`() async throws {
            let host = try await IRCHost {
                $0.options.channels = ["#swift": RoomName("general"), "#otro": RoomName("general")]
            }
            let heard = try await host.heard(3) {
                await host.server.say("a\u{200B}na: b\u{200B}ob: hola", by: "relé")
                await host.server.say("a\u{200B}na: hola", by: "relé")
                await host.server.say("ខ្ញុំ\u{200B}ស្រឡាញ់\u{200B}ភាសា", by: "ana")
            }
            #expect(heard.map(\.isAutomatic) == [true, false, false])
            #expect(
                await host.told(2, "#otro") == [
                    "relé (irc): ana: hola", "ana (irc): ខ្ញុំស្រឡាញ់ភាសា",
                ])
        }

        @Test func `what has passed this instance is not read, and what goes out says so`()
            async throws
        {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let own = host.port.instanceID
            let heard = try await host.heard(1) {
                await host.server.emit("@+puente/passed=x1,\(own) :a!a@h PRIVMSG #swift :mío")
                await host.server.emit("@+puente/passed=x1,y2,NO :b!b@h PRIVMSG #swift :otro")
            }
            #expect(heard.map(\.text) == ["otro"])
            #expect(heard[0].origin?.passed == ["x1", "y2"])
            try await host.say("hola")
            #expect(await host.told(1) == ["Ana: hola"])
            let tag = await host.server.perform { $0.said.last?.tags["+puente/passed"] }
            #expect(tag == own)
        }

        @Test func `each line of a text says what it has passed`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = ["message-tags"] } }
            try await host.say("uno\ndos")
            #expect(await host.told(2) == ["Ana: uno", "Ana: dos"])
            let tags = await host.server.perform { $0.said.map { $0.tags["+puente/passed"] } }
            #expect(tags == [host.port.instanceID, host.port.instanceID])
        }

        @Test func `what comes from the server's own instance does not go back to it`()
            async throws
        {
            let host = try await IRCHost {
                $0.behaviour = { $0.features += ["PUENTE=there"] }
            }
            for (text, passed) in [("uno", ["there"]), ("dos", ["here"])] {
                var draft = Draft(text, from: "Ana")
                draft.origin = Origin(passed: passed)
                try await host.other.publish([draft])
            }
            #expect(await host.told(1) == ["Ana: dos"])
        }

        @Test func `a rename is told with one mark`() {
            let composer = LineComposer(phrases: Phrases(.es), format: "{name}: {text}")
            let rename = Message.make(by: .make("Ana"), kind: .rename, other: .make("Eva"))
            let lines = composer.lines(of: rename, quotes: false, atMost: 400)
            #expect(lines.contains { $0.contains("\u{200B}") })
            #expect(!lines.contains { RelayMark.isRepeated(in: $0) })
        }

        @Test func `somebody is their account, the time that of the server`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let heard = try await host.heard(4) {
                await host.server.emit(
                    "@account=an;time=2025-11-24T15:59:00.500Z :ana!a@h PRIVMSG #swift :uno")
                await host.server.emit("@account=an :ana2!b@i PRIVMSG #swift :dos")
                await host.server.emit(
                    "@time=2001-01-01T00:00:00.000Z :ana!a@h PRIVMSG #swift :tres")
                await host.server.emit("@time=rubbish :ana!a@h PRIVMSG #swift :cuatro")
            }
            #expect(heard[0].sender.identity == heard[1].sender.identity)
            #expect(heard[2].sender.identity != heard[0].sender.identity)
            #expect(heard[0].time.milliseconds == 1_764_000_000_000 - 60_000 + 500)
            #expect(heard[2].time.milliseconds >= 1_764_000_000_000)
        }

        @Test func `answers are answers on both sides`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let number = try await host.say("pregunta")
            await host.until { _ in
                (try? await host.port.remoteID(of: number, in: "#swift")) ?? nil == "id1"
            }
            let heard = try await host.heard(2) {
                await host.server.emit(
                    "@msgid=abc;+draft/reply=id1 :ana!a@h PRIVMSG #swift :respuesta")
                await host.server.emit("@+draft/reply=abc :bob!b@h PRIVMSG #swift :sí")
            }
            #expect(heard[0].reply?.number == number)
            #expect(heard[1].reply?.number == heard[0].number)
            try await host.say(
                "claro", reply: Quotation(number: heard[0].number, name: "", excerpt: ""))
            #expect(await host.told(2).last == "Ana: claro")
            let tags = await host.server.perform { $0.said.last?.tags["+draft/reply"] }
            #expect(tags == "abc")
        }

        @Test func `an answer to what the channel does not have is quoted`() async throws {
            let host = try await IRCHost()
            let number = try await host.say("pregunta")
            try await host.say("claro", reply: Quotation(number: number, name: "", excerpt: ""))
            #expect(await host.told(2).last == "Ana: [↩ Ana: pregunta] claro")
        }

        @Test func `several lines are one text both ways where the server has that`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let heard = try await host.heard(1) {
                await host.server.emit(
                    "@msgid=m1 :ana!a@h BATCH +x draft/multiline #swift")
                await host.server.emit("@batch=x :ana!a@h PRIVMSG #swift :uno")
                await host.server.emit("@batch=x :ana!a@h PRIVMSG #swift :dos")
                await host.server.emit(
                    "@batch=x;draft/multiline-concat :ana!a@h PRIVMSG #swift :dos")
                await host.server.emit("BATCH -x")
            }
            #expect(heard.map(\.text) == ["uno\ndosdos"])
            let number = try await host.say("a\nb")
            #expect(await host.told(1) == ["Ana: a\nAna: b"])
            await host.until { _ in
                (try? await host.port.remoteID(of: number, in: "#swift")) ?? nil != nil
            }
        }

        @Test func `several lines are several where it has not`() async throws {
            let host = try await IRCHost()
            try await host.say("a\nb")
            #expect(await host.told(2) == ["Ana: a", "Ana: b"])
        }

        @Test func `corrections are lines of their own`() async throws {
            let host = try await IRCHost()
            var draft = Draft("corregido", from: "Ana")
            draft.kind = .edit
            try await host.other.publish(draft)
            #expect(await host.told(1) == ["Ana: [✎] corregido"])
        }

        @Test func `deletions go both ways where the server has that`() async throws {
            let host = try await IRCHost {
                $0.store = MemoryStore()
                $0.behaviour = { $0.capabilities = IRCHost.modern }
            }
            let number = try await host.say("secreto")
            await host.until { _ in
                (try? await host.port.remoteID(of: number, in: "#swift")) ?? nil == "id1"
            }
            try await host.other.delete(number)
            await host.until { await $0.server.perform { $0.redacted } == ["id1"] }
            let heard = try await host.heard(1) {
                await host.server.emit("@msgid=q :ana!a@h PRIVMSG #swift :vete")
            }
            await host.server.emit(":ana!a@h REDACT #swift q")
            await host.until { _ in host.port.isDeleted(heard[0].number) }
        }

        @Test func `what a bouncer plays again is not read`() async throws {
            let host = try await IRCHost { $0.behaviour = { $0.capabilities = IRCHost.modern } }
            let heard = try await host.heard(1) {
                await host.server.emit("BATCH +p chathistory #swift")
                await host.server.emit("@batch=p :ana!a@h PRIVMSG #swift :viejo")
                await host.server.emit("BATCH -p")
                await host.server.say("nuevo")
            }
            #expect(heard.map(\.text) == ["nuevo"])
        }
    }
}
