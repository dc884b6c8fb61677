import MessageBus
import Testing

@testable import Accounts

@Suite(.timeLimit(.minutes(10))) struct AttemptCountersTests {
    private let start = Timestamp(milliseconds: 1_700_000_000_000)
    private let home = ClientAddress.first
    private let away = ClientAddress.second

    private func wait(
        _ counters: AttemptCounters, _ key: String = "ana", at address: ClientAddress? = nil,
        isKnown: Bool? = false, after seconds: Double = 0
    ) -> Int? {
        counters.secondsUntilLogin(
            of: key, at: address ?? home, isKnown: isKnown,
            now: start + .milliseconds(Int64(seconds * 1_000)))
    }

    private func fail(
        _ counters: inout AttemptCounters, _ key: String = "ana", at address: ClientAddress? = nil,
        isKnown: Bool = false, after seconds: Double = 0
    ) {
        _ = counters.recordFailure(
            of: key, at: address ?? home, isKnown: isKnown,
            now: start + .milliseconds(Int64(seconds * 1_000)))
    }

    @Test func `after five failures in a minute the next waits 2 s, then 4 s, up to an hour`() {
        var counters = AttemptCounters()
        var time = 0.0
        for _ in 0..<4 {
            fail(&counters, after: time)
            time += 10
        }
        #expect(wait(counters, after: time) == nil)
        fail(&counters, after: time)
        for delay in [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600] {
            #expect(wait(counters, after: time) == delay)
            #expect(wait(counters, after: time + Double(delay) - 0.001) == 1)
            time += Double(delay)
            #expect(wait(counters, after: time) == nil)
            fail(&counters, after: time)
        }
    }

    @Test func `five failures in more than a minute delay nothing`() {
        var counters = AttemptCounters()
        for index in 0..<20 { fail(&counters, after: Double(index) * 15.001) }
        #expect(wait(counters, after: 300) == nil)
    }

    @Test func `a delay is forgotten an hour after it has passed`() {
        var counters = AttemptCounters()
        for _ in 0..<6 { fail(&counters) }
        fail(&counters, after: 4 + 3_599)
        #expect(wait(counters, after: 4 + 3_599) == 8)
        fail(&counters, after: 4 + 3_599 + 8 + 3_601)
        #expect(wait(counters, after: 4 + 3_599 + 8 + 3_601) == nil)
    }

    @Test func `a login makes the name at its address free of delays, and nothing else`() {
        var counters = AttemptCounters()
        for _ in 0..<5 {
            fail(&counters)
            fail(&counters, at: away)
        }
        #expect(wait(counters) == 2)
        let changes = counters.recordSuccess(of: "ana", at: home)
        #expect(changes.forgotten.count == 1)
        #expect(wait(counters) == nil)
        #expect(wait(counters, at: away) == 2)
        #expect(counters.recordSuccess(of: "ana", at: home).isEmpty)
    }

    @Test func `an address has thirty failures a minute, whatever the names`() {
        var counters = AttemptCounters()
        for index in 0..<30 { fail(&counters, "name\(index)", after: Double(index)) }
        #expect(wait(counters, "somebody", after: 29) == 31)
        #expect(wait(counters, "somebody", at: away, after: 29) == nil)
        #expect(wait(counters, "somebody", after: 60) == nil)
        fail(&counters, "somebody", after: 60)
        #expect(wait(counters, "else", after: 60) == 1)
        #expect(counters.recentFailures(at: home, now: start + .seconds(60)) == 30)
        #expect(counters.recentFailures(at: home, now: start + .milliseconds(89_500)) == 1)
    }

    @Test func `a name has a hundred failures an hour at addresses where it was never logged in`() {
        var counters = AttemptCounters()
        for index in 0..<100 { fail(&counters, at: .numbered(index), after: Double(index)) }
        #expect(wait(counters, at: .numbered(200), after: 100) == 3_500)
        #expect(wait(counters, at: home, isKnown: true, after: 100) == nil)
        #expect(wait(counters, at: home, isKnown: nil, after: 100) == nil)
        #expect(wait(counters, "bob", at: .numbered(200), after: 100) == nil)
        #expect(wait(counters, at: .numbered(200), after: 3_600) == nil)
    }

    @Test func `failures where the account was logged in count only there`() {
        var counters = AttemptCounters()
        for index in 0..<150 { fail(&counters, at: .numbered(index), isKnown: true) }
        #expect(wait(counters, at: .numbered(200)) == nil)
    }

    @Test func `IPv6 addresses of one network count as one`() {
        var counters = AttemptCounters()
        for host in UInt64(1)...5 {
            fail(&counters, at: ClientAddress(ipv6: 0x2001_0DB8_0000_0001, host))
        }
        #expect(wait(counters, at: ClientAddress(ipv6: 0x2001_0DB8_0000_0001, 99)) == 2)
        #expect(wait(counters, at: ClientAddress(ipv6: 0x2001_0DB8_0000_0002, 1)) == nil)
    }

    @Test func `sixty registrations at once from an address, then one a minute`() {
        var counters = AttemptCounters()
        func wait(_ seconds: Double, at address: ClientAddress? = nil) -> Int? {
            counters.secondsUntilRegistration(
                at: address ?? home, now: start + .milliseconds(Int64(seconds * 1_000)))
        }
        for index in 0..<60 {
            #expect(wait(0) == nil, "\(index)")
            _ = counters.recordRegistration(at: home, now: start)
        }
        #expect(wait(0) == 60)
        #expect(wait(0, at: away) == nil)
        #expect(wait(59.5) == 1)
        #expect(wait(60) == nil)
        _ = counters.recordRegistration(at: home, now: start + .seconds(60))
        #expect(wait(60) == 60)
        // An hour without any fills it again.
        for index in 0..<60 {
            #expect(wait(7_200) == nil, "\(index)")
            _ = counters.recordRegistration(at: home, now: start + .seconds(7_200))
        }
        #expect(wait(7_200) == 60)
    }

    @Test func `at most ten thousand counters are remembered, the oldest go first`() {
        var counters = AttemptCounters()
        for _ in 0..<5 { fail(&counters, "old", at: .numbered(60_000), isKnown: true) }
        for _ in 0..<5 { fail(&counters, "new", at: .numbered(60_001), isKnown: true, after: 1) }
        // Each of these is a name at an address, and an address.
        for index in 0..<4_998 {
            fail(&counters, "x", at: .numbered(index), isKnown: true, after: 0.5)
        }
        #expect(wait(counters, "old", at: .numbered(60_000), after: 1) == 1)
        let changes = counters.recordFailure(
            of: "y", at: .numbered(50_000), isKnown: true, now: start + .seconds(2))
        #expect(changes.forgotten.count == 2)
        #expect(wait(counters, "old", at: .numbered(60_000), after: 1) == nil)
        #expect(wait(counters, "new", at: .numbered(60_001), after: 1) == 2)
    }

    @Test func `stored counters go on where they were`() {
        var counters = AttemptCounters()
        var stored: [[UInt8]: StoredAttempts] = [:]
        for index in 0..<7 {
            let changes = counters.recordFailure(
                of: "ana", at: home, isKnown: false, now: start + .milliseconds(index))
            for tries in changes.changed { stored[tries.counter] = tries }
        }
        let again = AttemptCounters(Array(stored.values), at: start + .milliseconds(7))
        for seconds in [0, 1, 5, 8, 9, 70.0] {
            #expect(wait(again, after: seconds) == wait(counters, after: seconds))
        }
        #expect(stored.count == 3)
        // A clock that was ahead by years keeps nobody out for more than an hour.
        let early = AttemptCounters(Array(stored.values), at: start - .seconds(1_000_000_000))
        let now = start - .seconds(1_000_000_000)
        #expect(early.secondsUntilLogin(of: "ana", at: home, isKnown: false, now: now) == 3_600)
    }
}
