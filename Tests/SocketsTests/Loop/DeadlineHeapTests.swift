import TestSupport
import Testing

@testable import Sockets

@Suite struct DeadlineHeapTests {
    @Test(arguments: Seeded.some)
    func `elements come out by deadline, whatever is removed in between`(seed: UInt64) {
        var random = Seeded(seed)
        var heap = DeadlineHeap<Int>()
        var model: [(deadline: MonotonicTime, element: Int)] = []
        for element in 0..<2_000 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...4:
                let deadline = time(using: &random)
                heap.insert(element, at: deadline)
                model.append((deadline, element))
            case 5:
                let divisor = Int.random(in: 7...20, using: &random)
                heap.removeAll { $0 % divisor == 0 }
                model.removeAll { $0.element % divisor == 0 }
            default:
                let now = time(using: &random)
                let earliest = model.map(\.deadline).min()
                #expect(heap.first?.deadline == earliest, "seed \(seed)")
                let due = heap.popFirst(dueAt: now)
                #expect(due?.deadline == earliest.flatMap { $0 <= now ? $0 : nil }, "seed \(seed)")
                model.removeAll { $0.element == due?.element }
            }
        }
    }

    private func time(using random: inout Seeded) -> MonotonicTime {
        .after(.nanoseconds(Int64.random(in: 0...1_000, using: &random)))
    }
}
