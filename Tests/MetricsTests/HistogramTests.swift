import Metrics
import Testing

@Suite struct HistogramTests {
    @Test func `durations are counted up to and including each bound`() {
        var histogram = Histogram()
        histogram.record(10_000)
        histogram.record(10_001)
        histogram.record(Histogram.bounds.last ?? 0)
        histogram.record(60_000_000_000)
        #expect(histogram.counts.first == 1)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts.suffix(2) == [1, 1])
        #expect(histogram.count == 4)
        #expect(histogram.sum == 70_000_020_001)
    }

    @Test func `what is counted many times counts as often`() {
        var histogram = Histogram()
        histogram.record(2_000_000, times: 1_000)
        #expect(histogram.count == 1_000)
        #expect(histogram.sum == 2_000_000_000)
    }

    @Test func `a clock that goes back and a sum past all numbers do no harm`() {
        var histogram = Histogram()
        histogram.record(-5)
        #expect(histogram.sum == 0)
        histogram.record(.max, times: 2)
        histogram.record(.max)
        #expect(histogram.sum == .max)
        #expect(histogram.count == 4)
    }

    @Test func `quantiles lie in the range that holds them`() throws {
        var histogram = Histogram()
        #expect(histogram.quantile(0.5) == nil)
        for _ in 0..<90 { histogram.record(80_000) }
        for _ in 0..<10 { histogram.record(3_000_000) }
        let median = try #require(histogram.quantile(0.5))
        #expect((0.00005...0.0001).contains(median))
        let worst = try #require(histogram.quantile(0.99))
        #expect((0.0025...0.005).contains(worst))
        histogram.record(.max)
        #expect(histogram.quantile(1) == 10)
    }

    @Test func `the difference of two states is what came in between`() {
        var histogram = Histogram()
        histogram.record(80_000)
        let earlier = histogram
        histogram.record(3_000_000, times: 2)
        let between = histogram.since(earlier)
        #expect(between.count == 2)
        #expect(between.sum == 6_000_000)
    }
}
