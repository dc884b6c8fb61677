import MessageBus
import TestSupport
import Testing

@Suite struct ChatBurstTests {
    @Test func `a batch larger than a room's log reaches readers that keep up, or is counted`()
        async throws
    {
        let host = try await ChatHost()
        let reader = try await host.client()
        let port = await host.port()
        let text = String(repeating: "x", count: 8_000)
        let drafts = (0..<1_200).map { Draft("\($0) \(text)", from: "eco") }
        async let receipts = port.publish(drafts)
        var (seen, skipped) = (0, 0)
        while seen + skipped < drafts.count {
            let line = try #require(try await reader.line())
            skipped += ChatLines.skipped(line) ?? 0
            if line.hasPrefix("eco (otro): ") { seen += 1 }
        }
        #expect(seen + skipped == drafts.count)
        #expect(try await receipts.count == drafts.count)
        try await host.stop()
    }
}
