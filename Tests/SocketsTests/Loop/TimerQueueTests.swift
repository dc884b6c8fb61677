import TestSupport
import Testing

@testable import Sockets

@Suite struct TimerQueueTests {
    @Test(arguments: Seeded.some)
    func `timers come due in order, however they are set, put off, brought forward and cancelled`(
        seed: UInt64
    ) {
        var random = Seeded(seed)
        var queue = TimerQueue()
        let timers = (0..<40).map { _ in LoopTimer {} }
        var model = [MonotonicTime?](repeating: nil, count: timers.count)
        var now = MonotonicTime.start
        for _ in 0..<5_000 {
            let index = Int.random(in: 0..<timers.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                timers[index].cancel()
                model[index] = nil
            case 1...3:
                let deadline = now + .nanoseconds(Int64.random(in: 0...100, using: &random))
                queue.set(timers[index], at: deadline)
                model[index] = deadline
            default:
                now += .nanoseconds(Int64.random(in: 0...20, using: &random))
                var due: Set<Int> = []
                var order: [MonotonicTime] = []
                while let timer = queue.popDue(now) {
                    guard let found = timers.firstIndex(where: { $0 === timer }) else { continue }
                    due.insert(found)
                    order.append(model[found] ?? .distantPast)
                }
                #expect(order == order.sorted(), "seed \(seed)")
                let expected = Set(model.indices.filter { (model[$0] ?? .distantFuture) <= now })
                #expect(due == expected, "seed \(seed)")
                for index in due { model[index] = nil }
            }
            let earliest = model.compactMap(\.self).min() ?? .distantFuture
            #expect(queue.next ?? .distantFuture <= earliest, "seed \(seed)")
        }
    }
}
