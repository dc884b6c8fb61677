import Testing

@testable import Chat

@Suite struct TokenBucketTests {
    private func bucket() -> TokenBucket {
        TokenBucket(capacity: 3, refill: .seconds(2), now: .zero)
    }

    @Test func `a burst passes at once, and then one after each pause`() {
        var bucket = bucket()
        for _ in 0..<3 {
            #expect(bucket.timeToNext(.zero) == .zero)
            bucket.spend(.zero)
        }
        #expect(bucket.timeToNext(.zero) == .seconds(2) + .nanoseconds(1))
        #expect(bucket.timeToNext(.seconds(1)) == .seconds(1) + .nanoseconds(1))
        #expect(bucket.timeToNext(.seconds(2)) == .zero)
    }

    @Test func `it never holds more than its capacity`() {
        var bucket = bucket()
        bucket.spend(.seconds(1_000), count: 3)
        #expect(bucket.timeToNext(.seconds(1_000)) > .seconds(1))
        bucket.capacity = 1
        bucket.spend(.seconds(2_000))
        #expect(bucket.timeToNext(.seconds(2_000)) > .seconds(1))
    }

    @Test func `an emptied bucket keeps its debt, and a filled one has none`() {
        var bucket = bucket()
        bucket.spend(.zero, count: 5)
        bucket.drain(.zero)
        #expect(bucket.timeToNext(.zero) == .seconds(6) + .nanoseconds(1))
        bucket.fill(.zero)
        bucket.drain(.zero)
        #expect(bucket.timeToNext(.zero) == .seconds(2) + .nanoseconds(1))
    }

    @Test func `a slower pace counts from then on`() {
        var bucket = bucket()
        bucket.spend(.zero, count: 3)
        bucket.refill = .seconds(4)
        #expect(bucket.timeToNext(.seconds(2)) == .seconds(2) + .nanoseconds(1))
    }

    @Test func `time that goes back changes nothing`() {
        var bucket = bucket()
        bucket.spend(.seconds(10), count: 3)
        #expect(bucket.timeToNext(.seconds(5)) == .seconds(2) + .nanoseconds(1))
    }
}
