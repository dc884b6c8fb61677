import MessageBus
import TestSupport
import Testing

@testable import IRCBridge

extension IRCBridgeTests {
    /// Joins, leaves and netsplits.
    @Suite struct PeopleTests {
        @Test func `joins and leaves go both ways with notices`() async throws {
            let host = try await IRCHost { $0.options.notices = true }
            let heard = try await host.heard(6) {
                await host.server.emit(":eva!e@h JOIN #swift")
                await host.server.emit(":eva!e@h PART #swift :adiós")
                await host.server.emit(":ana!a@h NICK anita")
                await host.server.emit(":anita!a@h QUIT :Quit: bye")
                await host.server.emit(":op!o@h KICK #swift bob :fuera")
            }
            #expect(
                heard.map { "\($0.kind) \($0.sender.name)" } == [
                    "join eva (irc)", "leave eva (irc)", "leave ana (irc)", "join anita (irc)",
                    "leave anita (irc)", "leave bob (irc)",
                ])
            try await host.other.enter("Leo")
            #expect(await host.told(1) == ["Leo se ha unido al chat."])
        }

        @Test func `without notices nobody is told`() async throws {
            let host = try await IRCHost()
            let heard = try await host.heard(1) {
                await host.server.emit(":eva!e@h JOIN #swift")
                await host.server.emit(":eva!e@h QUIT :bye")
                await host.server.say("fin")
            }
            #expect(heard.map(\.kind) == [.message])
            try await host.other.enter("Leo")
            try await host.say("fin")
            #expect(await host.told(1) == ["Ana: fin"])
        }

        @Test(arguments: [true, false])
        func `a netsplit is one sentence, and its end another`(hasBatches: Bool) async throws {
            let host = try await IRCHost {
                $0.options.notices = true
                $0.behaviour = { $0.capabilities = IRCHost.modern }
            }
            let tag = hasBatches ? "@batch=s " : ""
            let heard = try await host.heard(2) {
                if hasBatches { await host.server.emit("BATCH +s netsplit a.test b.test") }
                await host.server.emit("\(tag):ana!a@h QUIT :a.test b.test")
                await host.server.emit("\(tag):bob!b@h QUIT :a.test b.test")
                if hasBatches { await host.server.emit("BATCH -s") }
                await host.pass(.seconds(4))
                if hasBatches { await host.server.emit("BATCH +s netjoin a.test b.test") }
                await host.server.emit("\(tag):ana!a@h JOIN #swift")
                await host.server.emit("\(tag):bob!b@h JOIN #swift")
                if hasBatches { await host.server.emit("BATCH -s") }
                await host.pass(.seconds(4))
            }
            #expect(
                heard.map(\.text) == [
                    "La red se ha partido (a.test b.test): #swift pierde a 2 personas.",
                    "La red se ha unido: #swift recupera a 2 personas.",
                ])
        }
    }
}
