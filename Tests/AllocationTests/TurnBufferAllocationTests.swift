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
        let numbers = (1...500).map(MessageNumber.init(rawValue:))
        let batch = Batch.make(numbers.map { .make("hola \($0)", by: ana, number: $0) })
        turn.append(batch, isKept: true, pages: writeQueue)
        let before = allocation_count()
        turn.append(batch, isKept: true, pages: writeQueue)
        turn.append(batch, isKept: true, pages: writeQueue)
        // Pages and a turn's own arrays; an optimized build needs a third of that.
        #expect(allocation_count() - before < 50)
        #expect(turn.dequeueBatch().rows == 1_500)
    }

    @Test func `a look at the ends of an arena allocates nothing`() {
        let batch = Batch.make([.make("hola", by: .make(), number: 1)])
        let before = allocation_count()
        for _ in 0..<100 { _ = (batch.arena.first, batch.arena.last) }
        #expect(allocation_count() == before)
    }
}
