import MessageBus
import TestSupport
import Testing

@testable import TCPBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct TCPContractTests {
    @Test func `tcp keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance { context in
            var options = TCP.Options()
            options.listen = .network(host: "127.0.0.1", port: 0)
            return BridgeConformance.Subject(TCP(options, context))
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
