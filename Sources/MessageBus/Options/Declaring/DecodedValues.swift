/// The values of decoded options, for comparing them with others: an equal default, another unit or
/// another order makes no difference.
///
/// Its keys may be shown; its values never, since any may be a secret.
package struct DecodedValues: Sendable, Equatable {
    private var values: [(key: String, value: String)] = []

    /// Makes a collection without values.
    package init() {}

    /// Adds the value of a key.
    package mutating func append(_ value: String, for key: String) { values.append((key, value)) }

    /// Adds the values of others.
    package mutating func append(_ others: DecodedValues) { values += others.values }

    /// Returns the keys whose values differ from others', in the order of declaration.
    package func keysDiffering(from other: DecodedValues) -> [String] {
        let others = Dictionary(other.values.map { ($0.key, $0.value) }) { first, _ in first }
        let own = Set(values.map(\.key))
        return values.filter { others[$0.key] != $0.value }.map(\.key)
            + other.values.map(\.key).filter { !own.contains($0) }
    }

    /// Returns whether the same keys have the same values.
    package static func == (left: DecodedValues, right: DecodedValues) -> Bool {
        left.keysDiffering(from: right).isEmpty
    }
}

extension DecodedValues: CustomReflectable, CustomStringConvertible {
    /// The keys.
    package var description: String { values.map(\.key).joined(separator: ", ") }
    /// A mirror without children, so that no dump shows a value.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
