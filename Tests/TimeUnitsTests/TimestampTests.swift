import Testing
import TimeUnits

@Suite struct TimestampTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let first = Timestamp(milliseconds: .min)
    private let last = Timestamp(milliseconds: .max)

    @Test func `moments and spans add up`() {
        let later = now + .seconds(3)
        #expect(later.milliseconds == 1_700_000_003_000)
        #expect(later - now == .seconds(3))
        #expect(now - later == .seconds(-3))
        #expect(later - .seconds(3) == now)
        #expect(now + .seconds(86_400 * 36_500) - now == .seconds(86_400 * 36_500))
        #expect(now < later)
        #expect(Timestamp.epoch + .milliseconds(7) == Timestamp(milliseconds: 7))
    }

    @Test func `fractions of a millisecond are left out`() {
        #expect(now + .microseconds(1_999) == now + .milliseconds(1))
        #expect(now + .microseconds(-1_999) == now - .milliseconds(1))
        #expect(now - .microseconds(1_999) == now - .milliseconds(1))
    }

    @Test func `no sum and no difference overflows`() {
        let longest = Duration(attoseconds: .max)
        let shortest = Duration(attoseconds: .min)
        for (sum, bound) in [
            (last + .milliseconds(1), last), (now + longest, last), (first + shortest, first),
            (now + shortest, first), (first - .milliseconds(1), first), (now - longest, first),
            (last - shortest, last), (first + longest, last),
        ] {
            #expect(sum == bound)
        }
        #expect(last - first == .milliseconds(Int64.max) - .milliseconds(Int64.min))
        #expect(first - last == .milliseconds(Int64.min) - .milliseconds(Int64.max))
        #expect(first - first == .zero)
    }

    @Test func `a moment takes no more than its milliseconds`() {
        #expect(MemoryLayout<Timestamp>.size == 8)
        #expect(MemoryLayout<Timestamp?>.size == 9)
    }

    @Test func `whole milliseconds have a bound`() {
        #expect(Duration.seconds(10).wholeMilliseconds == 10_000)
        #expect(Duration.milliseconds(-1_500).wholeMilliseconds == -1_500)
        #expect(Duration.seconds(86_400 * 365).wholeMilliseconds == 31_536_000_000)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
    }

    @Test func `only the system's clock agrees with the kernel's timers`() {
        let clock: any TimeSource = SystemClock()
        #expect(clock.isReal)
        #expect(clock.wall() > now)
        let start = clock.monotonic()
        #expect(clock.monotonic() >= start)
        let stopped: any TimeSource = StoppedClock(at: now)
        #expect(!stopped.isReal)
        #expect(stopped.wall() == now)
        #expect(stopped.monotonic() == stopped.monotonic())
    }
}
