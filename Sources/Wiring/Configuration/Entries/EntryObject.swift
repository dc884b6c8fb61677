import MessageBus

/// An entry of a list that is decoded elsewhere.
struct EntryObject: OptionValue {
    static var expectation: String { "an object" }
    static var pluralExpectation: String { "objects, each with its \"type\"" }

    static var listHint: String? { "it looks like [{\"type\": …}]" }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> EntryObject? {
        if case .object = value.kind { return EntryObject() }
        // Whoever writes something else here may have a token in it.
        problems.expected(
            "\(expectation) with its \"type\"", found: value, isSecret: true,
            suggestion: "; it looks like {\"type\": …}")
        return nil
    }

    var rendered: String { "{}" }
}
