/// Numbers to be exposed: families in the order in which they were added, each with its samples.
///
/// A label has a bounded number of values. Later values are counted under `other`, and their
/// numbers are combined. Owned by the function that composes the answer to a scrape.
package struct MetricSet: Sendable {
    /// One number and its labels.
    package struct Sample: Sendable, Equatable {
        package let labels: [Label]
        package internal(set) var value: MetricValue
    }

    /// A name and a value.
    package struct Label: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    /// A family with its samples.
    package struct Entry: Sendable {
        package let family: MetricFamily
        package fileprivate(set) var samples: [Sample] = []
        fileprivate var indices: [[Label]: Int] = [:]
    }

    /// The most values of a label, `other` included: a scrape must not grow with what people
    /// configure or a plug-in invents.
    package static let maxLabelValues = 200

    /// The families with their samples.
    package private(set) var entries: [Entry] = []
    private var indices: [MetricFamily: Int] = [:]
    private var values: [String: Set<String>] = [:]

    /// Makes an empty set.
    package init() {}

    /// Adds a family, so that it is described even if it has no samples.
    package mutating func add(_ family: MetricFamily) { _ = index(of: family) }

    /// Adds a number.
    ///
    /// - Parameter labels: the names and values, in the order in which they are exposed.
    package mutating func add(
        _ family: MetricFamily, _ value: MetricValue, _ labels: KeyValuePairs<String, String> = [:]
    ) {
        add(family, value, labels: labels.map { ($0.key, $0.value) })
    }

    /// Adds a number with labels that are made while the program runs.
    package mutating func add(
        _ family: MetricFamily, _ value: MetricValue, labels: [(name: String, value: String)]
    ) {
        let labels = labels.map { Label(name: $0.name, value: bounded($0.value, of: $0.name)) }
        let entry = index(of: family)
        if let index = entries[entry].indices[labels] {
            entries[entry].samples[index].value = entries[entry].samples[index].value
                .combined(with: value, as: family.combination)
        } else {
            entries[entry].indices[labels] = entries[entry].samples.count
            entries[entry].samples.append(Sample(labels: labels, value: value))
        }
    }

    private mutating func index(of family: MetricFamily) -> Int {
        if let index = indices[family] { return index }
        indices[family] = entries.count
        entries.append(Entry(family: family))
        return entries.count - 1
    }

    private mutating func bounded(_ value: String, of label: String) -> String {
        if values[label]?.contains(value) == true { return value }
        guard values[label, default: []].count < Self.maxLabelValues - 1 else {
            return CodeCounts.otherCode
        }
        values[label, default: []].insert(value)
        return value
    }
}
