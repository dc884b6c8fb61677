import AllocationCounter
import MessageBus
import TestSupport
import Testing

@testable import Store

@Suite struct TurnBufferAllocationTests {
    @Test func `taking a turn allocates nothing for a line`() {
        var turn = TurnBuffer()
        let writeQueue = WriteQueue(WriteQueue.Limits())
        let ana = Sender.make()
        let batch = Batch.make((1...500).map { .make("hola \($0)", by: ana, number: $0) })
        turn.take(batch, isKept: true, pages: writeQueue)
        let before = allocation_count()
        turn.take(batch, isKept: true, pages: writeQueue)
        turn.take(batch, isKept: true, pages: writeQueue)
        // Pages and what a turn needs; optimized it is a third of that.
        #expect(allocation_count() - before < 50)
        #expect(turn.finish().rows == 1_500)
    }
}
