extension MetricSet {
    /// Returns the numbers in a form for Prometheus.
    ///
    /// Families are as in
    /// [the text format](https://prometheus.io/docs/instrumenting/exposition_formats/) and
    /// [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/).
    package func exposition(as format: ExpositionFormat) -> [UInt8] {
        var lines = ExpositionLines(format, names: Set(entries.map(\.family.name)))
        for entry in entries {
            lines.describe(entry.family)
            for sample in entry.samples { lines.append(sample, of: entry.family) }
        }
        return lines.finished()
    }
}
