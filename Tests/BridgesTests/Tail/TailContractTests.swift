import MessageBus
import TestSupport
import Testing

@testable import TailBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct TailContractTests {
    @Test func `tail keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance(store: { MemoryStore() }) { context in
            let folder = UncheckedFolder(value: try TailFolder())
            folder.value.append("", to: "app.log")
            var options = Tail.Options()
            options.paths = folder.value.configuration.patterns
            return BridgeConformance.Subject(
                try Tail(options, context),
                BridgeConformance.OtherSide { folder.value.append("\($0)\n", to: "app.log") })
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }

    /// Carries the folder, in which one task at a time writes.
    private struct UncheckedFolder: @unchecked Sendable {  // see above
        let value: TailFolder
    }
}
