import Testing
import TimeUnits

@Suite struct MonotonicTimeTests {
    private let now = MonotonicTime(nanoseconds: 7_000)

    @Test func `times and spans add up`() {
        let later = now + .microseconds(5)
        #expect(later.nanoseconds == 12_000)
        #expect(later - now == .microseconds(5))
        #expect(now - later == .microseconds(-5))
        #expect(later - .microseconds(5) == now)
        #expect(now < later)
        var moved = now
        moved += .nanoseconds(1)
        #expect(moved.nanoseconds == 7_001)
    }

    @Test func `the ends of time can be reckoned with`() {
        #expect(now - .distantPast > .seconds(86_400 * 365 * 100))
        #expect(.distantFuture - now > .seconds(86_400 * 365 * 100))
        #expect(MonotonicTime.distantFuture - .distantPast > .zero)
        let long = Duration.seconds(Int64.max)
        #expect(now + long > now)
        #expect(.distantFuture + long > .distantFuture)
        #expect(.distantPast - long < .distantPast)
    }

    @Test func `the kernel takes seconds and nanoseconds`() {
        let (seconds, nanoseconds) = (now + .seconds(3)).parts
        #expect(seconds == 3)
        #expect(nanoseconds == 7_000)
    }

    @Test func `the kernel's clock goes forward`() {
        let start = KernelClock.monotonic
        #expect(KernelClock.monotonic >= start)
        #expect(KernelClock.wall > Timestamp(milliseconds: 1_700_000_000_000))
        #expect(KernelClock.threadTime > .zero)
    }
}
