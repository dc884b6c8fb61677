import Metrics
import Testing

@Suite struct ExpositionTests {
    private let messages = MetricFamily(
        "puente_messages_total", .counter, "Texts \"said\" \\ here.")
    private let seconds = MetricFamily("puente_turn_seconds", .histogram, "Turns.")

    private func text(_ set: MetricSet, _ format: ExpositionFormat) -> String {
        String(decoding: set.exposition(as: format), as: UTF8.self)
    }

    @Test func `a counter is exposed as Prometheus wants it`() {
        var set = MetricSet()
        set.add(messages, .integer(12), ["bridge": "chat", "verdict": "passed"])
        #expect(
            text(set, .text) == #"""
                # HELP puente_messages_total Texts "said" \\ here.
                # TYPE puente_messages_total counter
                puente_messages_total{bridge="chat",verdict="passed"} 12

                """#)
    }

    @Test func `OpenMetrics names the family without its ending, and ends`() {
        var set = MetricSet()
        set.add(messages, .integer(12), ["bridge": "chat"])
        #expect(
            text(set, .openMetrics) == #"""
                # HELP puente_messages Texts \"said\" \\ here.
                # TYPE puente_messages counter
                puente_messages_total{bridge="chat"} 12
                # EOF

                """#)
    }

    @Test func `OpenMetrics has one family of a name`() {
        var set = MetricSet()
        set.add(MetricFamily("puente_connections", .gauge, "Open."), .integer(2))
        set.add(MetricFamily("puente_connections_total", .counter, "So far."), .integer(9))
        let lines = text(set, .openMetrics)
        #expect(lines.contains("# TYPE puente_connections gauge\npuente_connections 2\n"))
        #expect(
            lines.contains("# TYPE puente_connections_total unknown\npuente_connections_total 9\n"))
    }

    @Test func `values of labels are escaped`() {
        var set = MetricSet()
        set.add(messages, .integer(1), ["bridge": "a\"b\\c\nd"])
        #expect(text(set, .text).contains(#"{bridge="a\"b\\c\nd"} 1"#))
    }

    @Test func `a histogram's ranges add up`() {
        var histogram = Histogram()
        histogram.record(20_000, times: 3)
        histogram.record(20_000_000_000)
        var set = MetricSet()
        set.add(seconds, .histogram(histogram))
        let lines = text(set, .openMetrics).split(separator: "\n").map(String.init)
        #expect(lines.contains("# UNIT puente_turn_seconds seconds"))
        #expect(lines.contains(#"puente_turn_seconds_bucket{le="1e-05"} 0"#))
        #expect(lines.contains(#"puente_turn_seconds_bucket{le="2.5e-05"} 3"#))
        #expect(lines.contains(#"puente_turn_seconds_bucket{le="10.0"} 3"#))
        #expect(lines.contains(#"puente_turn_seconds_bucket{le="+Inf"} 4"#))
        #expect(lines.contains("puente_turn_seconds_sum 20.00006"))
        #expect(lines.contains("puente_turn_seconds_count 4"))
    }

    @Test func `past 200 values of a label the rest is counted together`() throws {
        var set = MetricSet()
        for index in 0..<250 { set.add(messages, .integer(1), ["bridge": "b\(index)"]) }
        let samples = try #require(set.entries.first?.samples)
        #expect(samples.count == 200)
        #expect(samples.last?.labels.first?.value == "other")
        #expect(samples.last?.value == .integer(51))
    }

    @Test func `the largest of several is shown where a sum would mean nothing`() {
        let age = MetricFamily("puente_age_seconds", .gauge, "Age.", combination: .largest)
        var set = MetricSet()
        set.add(age, .number(2), ["bridge": "a"])
        set.add(age, .number(5), ["bridge": "a"])
        set.add(age, .number(3), ["bridge": "a"])
        #expect(text(set, .text).contains("{bridge=\"a\"} 5.0\n"))
    }

    @Test func `codes past the bound are counted together`() {
        var counts = CodeCounts()
        for index in 0..<1_000 { counts.record("code-\(index)") }
        #expect(counts.all.count == CodeCounts.maxCodes)
        #expect(counts.all.last?.code == "other")
        #expect(counts.all.last?.count == 801)
    }

    @Test(arguments: [
        ([], ExpositionFormat.text),
        (["*/*"], .text),
        (["application/openmetrics-text"], .openMetrics),
        (["application/openmetrics-text; version=1.0.0", "text/plain;q=0.5"], .openMetrics),
        (["application/openmetrics-text;q=0.2", "text/plain;version=0.0.4;q=0.9"], .text),
        (["application/openmetrics-text; version=9.9.9", "*/*;q=0.1"], .text),
        (["application/openmetrics-text;q=0"], .text),
        (
            [
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6",
                "application/openmetrics-text;version=0.0.1;q=0.5",
                "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4",
                "text/plain;version=0.0.4;q=0.3",
                "*/*;q=0.2",
            ], .openMetrics
        ),
    ])
    func `a client gets the form that it likes best`(
        ranges: [String], expected: ExpositionFormat
    ) {
        #expect(ExpositionFormat(accepting: ranges) == expected)
    }
}
