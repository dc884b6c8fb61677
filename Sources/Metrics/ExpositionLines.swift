/// The lines of an exposition that is being written.
///
/// Owned by the function that makes the exposition.
struct ExpositionLines {
    private let format: ExpositionFormat
    /// The names of all families.
    private let names: Set<String>
    private var bytes: [UInt8] = []

    init(_ format: ExpositionFormat, names: Set<String>) {
        self.format = format
        self.names = names
        // Some tens of families, most with a few samples.
        bytes.reserveCapacity(32 << 10)
    }

    mutating func describe(_ family: MetricFamily) {
        var (name, kind) = (family.name, family.kind.rawValue)
        if format == .openMetrics, family.baseName != name {
            // A counter beside a gauge of the same base name would be the same family there.
            if names.contains(family.baseName) { kind = "unknown" } else { name = family.baseName }
        }
        append("# HELP \(name) \(Self.escaped(family.help, quotes: format == .openMetrics))\n")
        append("# TYPE \(name) \(kind)\n")
        if format == .openMetrics, !family.unit.isEmpty {
            append("# UNIT \(name) \(family.unit)\n")
        }
    }

    mutating func append(_ sample: MetricSet.Sample, of family: MetricFamily) {
        switch sample.value {
        case .integer(let value) where family.scale == 1:
            append(family.name, sample.labels, "\(value)")
        case .integer(let value):
            append(family.name, sample.labels, "\(Double(value) * family.scale)")
        case .number(let value):
            append(family.name, sample.labels, "\(value * family.scale)")
        case .histogram(let histogram): append(histogram, family.name, sample.labels)
        }
    }

    private mutating func append(
        _ histogram: Histogram, _ name: String, _ labels: [MetricSet.Label]
    ) {
        var total: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound =
                index < Histogram.bounds.count ? "\(Double(Histogram.bounds[index]) / 1e9)" : "+Inf"
            append(
                "\(name)_bucket", labels + [MetricSet.Label(name: "le", value: bound)], "\(total)")
        }
        append("\(name)_sum", labels, "\(Double(histogram.sum) / 1e9)")
        append("\(name)_count", labels, "\(total)")
    }

    private mutating func append(_ name: String, _ labels: [MetricSet.Label], _ value: String) {
        append(name)
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            append("{\(pairs.joined(separator: ","))}")
        }
        append(" \(value)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    consuming func finished() -> [UInt8] {
        if format == .openMetrics { append("# EOF\n") }
        return bytes
    }
}
