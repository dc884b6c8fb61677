extension Array: OptionValue where Element: OptionValue {
    /// What the list holds.
    public static var expectation: String { "a list of \(Element.pluralExpectation)" }
    /// What the lists hold.
    public static var pluralExpectation: String { "lists of \(Element.pluralExpectation)" }
    /// As its elements.
    public static var isSecret: Bool { Element.isSecret }
    /// As its elements.
    public static var nestedOptions: [OptionDescription] { Element.nestedOptions }

    /// One element without its brackets.
    public static func hint(for value: ConfigValue) -> String? {
        if case .object = value.kind { return "put [ ] around it" }
        var quiet = Problems()
        guard let meant = Element.decode(value, into: &quiet)?.rendered, meant.utf8.count <= 80
        else {
            return Element.listHint
        }
        return "write [\(meant)]"
    }

    /// Takes a list, and reports all of its elements that are wrong.
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
    /// As what is wrapped.
    public static var expectation: String { Wrapped.expectation }
    /// As what is wrapped.
    public static var pluralExpectation: String { Wrapped.pluralExpectation }
    /// As what is wrapped.
    public static var isSecret: Bool { Wrapped.isSecret }
    /// As what is wrapped.
    public static var nestedOptions: [OptionDescription] { Wrapped.nestedOptions }

    /// As what is wrapped.
    public static func hint(for value: ConfigValue) -> String? { Wrapped.hint(for: value) }

    /// Takes `null` for nil, and what is wrapped.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Wrapped?? {
        if case .null = value.kind { return .some(nil) }
        return Wrapped.decode(value, into: &problems).map { .some($0) }
    }

    /// As JSON.
    public var rendered: String { self?.rendered ?? "null" }
}

extension Dictionary: OptionValue where Key == String, Value: OptionValue {
    /// What the object holds.
    public static var expectation: String { "an object of \(Value.pluralExpectation)" }
    /// What the objects hold.
    public static var pluralExpectation: String { "objects of \(Value.pluralExpectation)" }
    /// As its values.
    public static var isSecret: Bool { Value.isSecret }

    /// Takes an object with any keys, and reports all of its values that are wrong.
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
