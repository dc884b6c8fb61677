import Foundation
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import IRCBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct IRCContractTests {
    @Test(arguments: [false, true])
    func `irc keeps the contract of bridges`(isDurable: Bool) async throws {
        let conformance = BridgeConformance(
            store: { () -> any MessageStore in isDurable ? MemoryStore() : VolatileStore() }
        ) { context in
            let server = try IRCTestServer()
            var options = IRCClient.Options()
            options.nick = "puente"
            options.channels = ["#swift": RoomName("general")]
            options.server = try #require(Address("127.0.0.1:\(server.port)"))
            options.flood.burst = 10_000
            options.older = nil
            return BridgeConformance.Subject(
                IRCClient(options, context), BridgeConformance.OtherSide { await server.say($0) })
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
