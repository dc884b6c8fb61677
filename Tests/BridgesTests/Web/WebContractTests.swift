import MessageBus
import TestSupport
import Testing

@testable import WebBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct WebContractTests {
    @Test func `web keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance { context in
            var options = Web.Options()
            options.listen = .network(host: "127.0.0.1", port: 0)
            return BridgeConformance.Subject(Web(options, context))
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
