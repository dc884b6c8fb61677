import TestSupport
import Testing

@testable import Sockets

@Suite struct TimedQueueTests {
    @Test func `the first that still belongs is found, and the others are forgotten`() {
        var queue = TimedQueue<Int>()
        for id in 0..<5_000 { queue.append(id, at: .after(.nanoseconds(id))) }
        let first = queue.first { $0 >= 4_000 }
        #expect(first?.id == 4_000)
        #expect(first?.time == .after(.nanoseconds(4_000)))
        // What was dropped does not come back.
        #expect(queue.first { _ in true }?.id == 4_000)
        #expect(queue.first { _ in false } == nil)
        queue.append(7, at: .after(.nanoseconds(8)))
        #expect(queue.first { _ in true }?.id == 7)
    }

    @Test func `entries that no longer belong are removed when there are many`() {
        var queue = TimedQueue<Int>()
        for id in 0..<1_000 { queue.append(id, at: .start, among: 10) { $0 >= 990 } }
        var asked = 0
        _ = queue.first { _ in
            asked += 1
            return false
        }
        #expect(asked <= 2 * 10 + 64 + 1)
    }
}
