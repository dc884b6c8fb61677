import Testing
import TimeUnits

@Suite struct NanosecondsTests {
    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(-5), -5_000_000),
            (.seconds(3_600), 3_600_000_000_000), (.seconds(1) + .nanoseconds(7), 1_000_000_007),
        ] as [(Duration, Int64)])
    func `a duration is so many nanoseconds`(duration: Duration, expected: Int64) {
        #expect(duration.inNanoseconds == expected)
    }

    @Test(arguments: [293, 10_000, 200_000_000_000] as [Int64])
    func `centuries are cut so that four of them can be added`(years: Int64) {
        let duration = Duration.seconds(years * 31_557_600)
        let (long, past) = (duration.inNanoseconds, (.zero - duration).inNanoseconds)
        #expect(long >= Duration.seconds(73 * 31_536_000).inNanoseconds)
        #expect(!long.multipliedReportingOverflow(by: 4).overflow)
        #expect(past == -long)
    }

    @Test(
        arguments: [
            (Duration.zero, 0, 0, 0), (.milliseconds(1_999), 1, 1_999, 1.999),
            (.seconds(60), 60, 60_000, 60), (.nanoseconds(999_999), 0, 0, 0.000_999_999),
        ] as [(Duration, Int64, Int64, Double)])
    func `a duration is so many whole seconds and milliseconds`(
        duration: Duration, seconds: Int64, milliseconds: Int64, exactly: Double
    ) {
        #expect(duration.wholeSeconds == seconds)
        #expect(duration.wholeMilliseconds == milliseconds)
        #expect(duration.inSeconds == exactly)
    }
}
