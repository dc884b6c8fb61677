/// A name under which numbers of one kind are exposed, with what they mean.
package struct MetricFamily: Sendable, Hashable {
    /// The kind of a family.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The way in which several numbers with the same labels become one.
    package enum Combination: Sendable {
        /// Their sum.
        case sum
        /// The largest of them.
        case largest
    }

    /// The full name; a counter's ends in `_total`.
    package let name: String
    package let kind: Kind
    /// One sentence for people who look for the number.
    package let help: String
    /// The factor from the number counted to the number exposed: 1e-9 for nanoseconds that are
    /// exposed as seconds.
    package let scale: Double
    package let combination: Combination
    /// The labels of a bridge's own family: `bridge`, or none where all bridges count together.
    package let labels: [String]

    /// Makes a family.
    package init(
        _ name: String, _ kind: Kind, _ help: String, scale: Double = 1,
        combination: Combination = .sum, labels: [String] = []
    ) {
        self.labels = labels
        self.name = name
        self.kind = kind
        self.help = help
        self.scale = scale
        self.combination = combination
    }

    /// Returns a name with a `_` for each character that Prometheus takes in no name.
    package static func cleaned(_ name: String) -> String {
        String(
            decoding: name.utf8.map { byte -> UInt8 in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: byte
                default: 0x5F
                }
            }, as: UTF8.self)
    }

    /// Compares the names.
    package static func == (left: MetricFamily, right: MetricFamily) -> Bool {
        left.name == right.name
    }

    /// Hashes the name.
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The unit that the name ends with, as OpenMetrics wants it to be named; empty if there is
    /// none.
    package var unit: String {
        let base = baseName
        for unit in ["seconds", "bytes"] where base.hasSuffix("_\(unit)") { return unit }
        return ""
    }

    /// The name without the `_total` of a counter.
    package var baseName: String {
        kind == .counter && name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    }
}
