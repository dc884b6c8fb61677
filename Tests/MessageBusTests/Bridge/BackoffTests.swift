import MessageBus
import TestSupport
import Testing

@Suite struct BackoffTests {
    @Test(arguments: Seeded.some)
    func `each step is twice as long up to the bound, each pause half of it at least`(
        seed: UInt64
    ) {
        var random = Seeded(seed)
        var backoff = Backoff()
        for _ in 0..<2 {
            for step in [1.0, 2, 4, 8, 16, 32, 60, 60, 60] {
                let pause = backoff.next(using: &random)
                #expect(pause >= .seconds(step / 2) && pause <= .seconds(step), "\(step)")
            }
            backoff.reset()
        }
    }

    @Test func `pauses of the same step differ`() {
        var random = Seeded(1)
        let pauses = (0..<100).map { _ in
            var backoff = Backoff()
            return backoff.next(using: &random)
        }
        #expect(Set(pauses).count > 90)
    }

    @Test func `bounds that make no sense make no pause that does`() {
        var none = Backoff(from: .zero, to: .seconds(-1))
        #expect(none.longest == .milliseconds(1))
        for _ in 0..<3 {
            let pause = none.next()
            #expect(pause > .zero && pause <= .milliseconds(1))
        }
        var longest = Backoff(from: .seconds(Int64.max), to: .seconds(Int64.max))
        for _ in 0..<3 { #expect(longest.next() <= longest.longest) }
    }
}
