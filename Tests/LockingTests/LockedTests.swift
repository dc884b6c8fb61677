import Locking
import Sockets
import Testing

@Suite struct LockedTests {
    private final class Guarded: Sendable {
        let numbers = Locked<[Int]>([])
    }

    private struct Ticket: ~Copyable {
        let number: Int
    }

    private struct Refusal: Error {}

    /// Under ThreadSanitizer a lock that it does not know makes this fail.
    @Test func `threads that append under it lose nothing`() async throws {
        let guarded = Guarded()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<2 {
                group.addTask {
                    try await DedicatedThread.run(named: "append") {
                        for number in 0..<10_000 {
                            guarded.numbers.withLock { $0.append(2 * number + thread) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let numbers = guarded.numbers.withLock { $0 }
        #expect(numbers.sorted() == Array(0..<20_000))
    }

    @Test func `it can hold what cannot be copied, and swap it`() {
        let locked = Locked(Ticket(number: 1))
        let old = locked.withLock { ticket in
            var other = Ticket(number: 2)
            swap(&ticket, &other)
            return other.number
        }
        #expect(old == 1)
        #expect(locked.withLock { $0.number } == 2)
    }

    @Test func `an error leaves it unlocked, with what was changed before`() {
        let locked = Locked(1)
        #expect(throws: Refusal.self) {
            try locked.withLock { value throws(Refusal) in
                value = 2
                throw Refusal()
            }
        }
        #expect(locked.withLock { $0 } == 2)
    }

    @Test func `its value goes away with it`() {
        final class Object: Sendable {}
        weak var object: Object?
        do {
            let new = Object()
            object = new
            let locked = Locked(new)
            #expect(locked.withLock { $0 === object })
        }
        #expect(object == nil)
    }
}
