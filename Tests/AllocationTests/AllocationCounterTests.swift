import AllocationCounter
import Testing

/// A counter that counts nothing would let all the other suites here pass.
@Suite struct AllocationCounterTests {
    @Test func `the counter counts`() async throws {
        let before = allocation_count()
        let objects = (0..<100).map { _ in ByteBox() }
        #expect(allocation_count() - before >= 100)
        withExtendedLifetime(objects) {}
    }
}

private final class ByteBox {}
