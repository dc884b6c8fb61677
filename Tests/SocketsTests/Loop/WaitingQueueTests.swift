import Testing

@testable import Sockets

@Suite struct WaitingQueueTests {
    private final class Number {
        let value: Int

        init(_ value: Int) { self.value = value }
    }

    @Test func `elements leave in the order in which they came`() {
        var queue = WaitingQueue<Int>()
        var next = 0
        for number in 0..<5_000 {
            queue.append(number)
            if number % 3 == 0 { continue }
            #expect(queue.removeFirst() == next)
            next += 1
        }
        #expect(queue.count == 5_000 - next)
        while !queue.isEmpty {
            #expect(queue.removeFirst() == next)
            next += 1
        }
        #expect(next == 5_000)
    }

    @Test func `an element that has left is not kept`() {
        var queue = WaitingQueue<Number>()
        weak var first: Number?
        do {
            let number = Number(1)
            first = number
            queue.append(number)
        }
        queue.append(Number(2))
        #expect(first != nil)
        #expect(queue.removeFirst().value == 1)
        #expect(first == nil)
        #expect(queue.count == 1)
    }
}
