import MessageBus
import TestSupport
import Testing

@testable import StdioBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct StdioContractTests {
    @Test func `stdio keeps the contract of bridges`() async throws {
        let conformance = BridgeConformance { _ in
            let (input, output) = (try TestPipe(), try TestPipe())
            // A reader who lets it wait is told of at the end.
            let reading = Task { await output.readToEnd() }
            var options = Stdio.Options()
            options.sender = "operador"
            return BridgeConformance.Subject(
                Stdio(options, input: input.readEnd, output: output.writeEnd),
                BridgeConformance.OtherSide {
                    await input.write("\($0)\n")
                } close: {
                    output.closeWriteEnd()
                    _ = await reading.value
                    input.closeWriteEnd()
                })
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
