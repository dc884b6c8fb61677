extension Array: OptionValue where Element: OptionValue {
    /// The list, with the expectation of its elements.
    public static var expectation: String { "a list of \(Element.pluralExpectation)" }
    /// Lists, with the expectation of their elements.
    public static var pluralExpectation: String { "lists of \(Element.pluralExpectation)" }
    /// True if the elements are secret.
    public static var isSecret: Bool { Element.isSecret }
    /// The options inside the elements.
    public static var nestedOptions: [OptionDescription] { Element.nestedOptions }
    /// A list of the elements' shape.
    public static var schema: OptionSchema { .list(of: Element.schema) }

    /// Suggests brackets around one element.
    public static func hint(for value: ConfigValue) -> String? {
        if case .object = value.kind { return "put [ ] around it" }
        var quiet = Problems()
        guard let meant = Element.decode(value, into: &quiet)?.rendered, meant.utf8.count <= 80
        else {
            return Element.listHint
        }
        return "write [\(meant)]"
    }

    /// Decodes a list, and reports all elements that are wrong.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> [Element]? {
        guard case .array(let values) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        let elements = values.map { Element.decode($0, into: &problems) }
        let good = elements.compactMap(\.self)
        return good.count == values.count ? good : nil
    }

    /// As JSON.
    public var rendered: String { "[" + map(\.rendered).joined(separator: ",") + "]" }
}

extension Optional: OptionValue where Wrapped: OptionValue {
    /// The expectation of the wrapped type.
    public static var expectation: String { Wrapped.expectation }
    /// The expectation of the wrapped type, in the plural.
    public static var pluralExpectation: String { Wrapped.pluralExpectation }
    /// True if the wrapped type is secret.
    public static var isSecret: Bool { Wrapped.isSecret }
    /// The options inside the wrapped type.
    public static var nestedOptions: [OptionDescription] { Wrapped.nestedOptions }
    /// The shape of the wrapped type, or null.
    public static var schema: OptionSchema { .either([Wrapped.schema, .null]) }

    /// Returns the wrapped type's hint.
    public static func hint(for value: ConfigValue) -> String? { Wrapped.hint(for: value) }

    /// Decodes `null` as nil, and everything else as the wrapped type.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Wrapped?? {
        if case .null = value.kind { return .some(nil) }
        return Wrapped.decode(value, into: &problems).map { .some($0) }
    }

    /// As JSON.
    public var rendered: String { self?.rendered ?? "null" }
}

extension Dictionary: OptionValue where Key == String, Value: OptionValue {
    /// The object, with the expectation of its values.
    public static var expectation: String { "an object of \(Value.pluralExpectation)" }
    /// Objects, with the expectation of their values.
    public static var pluralExpectation: String { "objects of \(Value.pluralExpectation)" }
    /// True if the values are secret.
    public static var isSecret: Bool { Value.isSecret }
    /// An object of values by any names.
    public static var schema: OptionSchema { .map(of: Value.schema) }

    /// Decodes an object with any keys, and reports all values that are wrong.
    public static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> [String: Value]? {
        guard case .object(let members) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        var result: [String: Value] = [:]
        var isGood = true
        for member in members {
            guard let value = Value.decode(member.value, into: &problems) else {
                isGood = false
                continue
            }
            result[member.key] = value
        }
        return isGood ? result : nil
    }

    /// As JSON, sorted by key.
    public var rendered: String {
        let members = sorted { $0.key < $1.key }.map { "\($0.key.quoted):\($0.value.rendered)" }
        return "{" + members.joined(separator: ",") + "}"
    }
}
