import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct IRCServerContractTests {
    @Test func `ircd keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance { context in
            var options = IRCServer.Options()
            options.listen = .network(host: "127.0.0.1", port: 0)
            return BridgeConformance.Subject(IRCServer(options, context))
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
