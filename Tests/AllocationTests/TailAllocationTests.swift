import AllocationCounter
import Testing

@testable import TailBridge
@testable import TailBridgeTests

@Suite struct TailAllocationTests {
    @Test func `reading allocates for a batch, not for a line`() throws {
        let folder = try TailFolder()
        let line = "2025-01-01T00:00:00Z app[1]: something of usual length has happened\n"
        folder.append(String(repeating: line, count: 3_000), to: "app.log")
        try folder.start()
        // The first one has no lines.
        _ = folder.nextBatch()
        let before = allocation_count()
        let batch = folder.nextBatch()
        let count = allocation_count() - before
        #expect(batch?.lines == 3_000)
        #if DEBUG
            // What is not optimized boxes what it hands around.
            let bound: UInt64 = 12 * 3_000
        #else
            let bound: UInt64 = 100
        #endif
        #expect(count < bound)
    }
}
