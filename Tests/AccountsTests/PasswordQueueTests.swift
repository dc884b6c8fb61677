import MessageBus
import Testing

@testable import Accounts

@Suite(.timeLimit(.minutes(10))) final class PasswordQueueTests {
    private var queue = PasswordQueue<Int>()

    /// Adds a request; returns its own number if it is refused, that of another one that gives way.
    @discardableResult
    private func add(
        _ request: Int, from address: Int, connection: Int? = nil, isKnown: Bool = false,
        failures: [Int: Int] = [:]
    ) -> Int? {
        let admission = queue.enqueue(
            request, from: .numbered(address), connection: UInt64(connection ?? request),
            isKnown: isKnown
        ) { Self.count(failures, $0) }
        switch admission {
        case .waits: return nil
        case .refused: return request
        case .waitsInsteadOf(let other): return other
        }
    }

    private static func count(_ failures: [Int: Int], _ address: ClientAddress) -> Int {
        failures.first { ClientAddress.numbered($0.key) == address }?.value ?? 0
    }

    private func next(_ failures: [Int: Int] = [:]) -> Int? {
        queue.next { Self.count(failures, $0) }
    }

    @Test func `addresses take turns`() {
        for (request, address) in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 3), (6, 2)] {
            add(request, from: address)
        }
        var order: [Int] = []
        while let request = next() {
            order.append(request)
            let address = [1: 1, 2: 1, 3: 1, 4: 2, 5: 3, 6: 2][request] ?? 0
            queue.finish(from: .numbered(address))
            queue.release(connection: UInt64(request))
        }
        #expect(order == [1, 4, 5, 2, 6, 3])
    }

    @Test func `one password of an address is looked at at a time`() {
        add(1, from: 1)
        add(2, from: 1)
        add(3, from: 2)
        #expect(next() == 1)
        #expect(next() == 3)
        #expect(next() == nil)
        queue.finish(from: .numbered(1))
        #expect(next() == 2)
    }

    @Test func `an address with fewer failures comes first`() {
        for request in 1...3 { add(request, from: request) }
        #expect(next([1: 3, 2: 1, 3: 2]) == 2)
        #expect(next([1: 3, 3: 2]) == 3)
        #expect(next([1: 3]) == 1)
    }

    @Test func `one request of each connection waits or is looked at`() {
        #expect(add(1, from: 1, connection: 7) == nil)
        #expect(add(2, from: 1, connection: 7) == 2)
        #expect(next() == 1)
        #expect(add(3, from: 1, connection: 7) == 3)
        queue.finish(from: .numbered(1))
        #expect(add(5, from: 1, connection: 7) == 5)
        queue.release(connection: 7)
        #expect(add(4, from: 1, connection: 7) == nil)
    }

    @Test func `thirty-two wait, one more is refused`() {
        for request in 1...32 { #expect(add(request, from: request) == nil) }
        #expect(add(33, from: 33) == 33)
        #expect(next() == 1)
        #expect(add(34, from: 34) == nil)
        #expect(add(35, from: 35) == 35)
        #expect(queue.removeAll().count == 32)
        #expect(add(36, from: 2, connection: 2) == nil)
    }

    @Test func `thirty-two of one address wait, one more of it is refused`() {
        for request in 1...32 { #expect(add(request, from: 1) == nil) }
        #expect(add(33, from: 1) == 33)
    }

    @Test func `who fills the queue gives way to others`() {
        for request in 1...32 { add(request, from: 1) }
        #expect(add(33, from: 2) == 32)
        #expect(add(34, from: 2) == 31)
        #expect(next() == 1)
        #expect(next() == 33)
    }

    @Test func `who has failed gives way to who has not`() {
        for request in 1...32 { add(request, from: request) }
        let failures = [5: 2, 7: 9, 40: 1]
        #expect(add(40, from: 40, failures: failures) == 7)
        #expect(add(41, from: 41, failures: failures) == 5)
        #expect(add(42, from: 42, failures: failures) == 40)
        #expect(add(43, from: 43, failures: failures) == 43)
    }

    @Test func `who was logged in there before comes first, however many wait`() {
        for request in 1...32 { add(request, from: request) }
        #expect(add(40, from: 40, isKnown: true) == nil)
        #expect(add(41, from: 41, isKnown: true) == nil)
        #expect(add(42, from: 41, connection: 41, isKnown: true) == 42)
        #expect(next() == 40)
        #expect(next() == 41)
        #expect(next() == 1)
    }

    @Test func `known addresses have eight more places, and take turns`() {
        for request in 1...32 { add(request, from: request) }
        for request in 50...57 { #expect(add(request, from: 50, isKnown: true) == nil) }
        #expect(add(58, from: 50, isKnown: true) == 58)
        #expect(add(59, from: 59, isKnown: true) == 57)
        #expect(next() == 50)
        #expect(next() == 59)
        #expect(next() == 1)
        #expect(queue.removeAll().count == 37)
        #expect(add(60, from: 50, connection: 51, isKnown: true) == nil)
    }

    @Test func `the addresses of an account are remembered, those of many others are not`() {
        var logins = LoginAddresses()
        let ana = AccountID(rawValue: 0)
        for address in 0...16 { logins.record(ana, at: .numbered(address)) }
        #expect(!logins.contains(ana, at: .numbered(0)))
        #expect(logins.contains(ana, at: .numbered(1)) && logins.contains(ana, at: .numbered(16)))
        for id in 1...16_384 { logins.record(AccountID(rawValue: Int64(id)), at: .first) }
        #expect(logins.contains(ana, at: .numbered(16)))
        logins.record(ana, at: .numbered(16))
        for id in 1...16_384 { logins.record(AccountID(rawValue: Int64(id)), at: .first) }
        #expect(logins.contains(ana, at: .numbered(1)))
        for id in 1...16_384 { logins.record(AccountID(rawValue: Int64(id)), at: .first) }
        #expect(!logins.contains(ana, at: .numbered(1)))
    }
}
