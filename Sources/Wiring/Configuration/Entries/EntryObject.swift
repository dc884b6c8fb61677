import MessageBus

/// An entry of a list, which `EntryDecoder` decodes.
struct EntryObject: OptionValue {
    static var expectation: String { "an object" }
    static var pluralExpectation: String { "objects, each with its \"type\"" }

    static var listHint: String? { "it looks like [{\"type\": …}]" }

    /// Every list of these is a chain.
    static var schema: OptionSchema { .definition("middleware") }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> EntryObject? {
        if case .object = value.kind { return EntryObject() }
        // Any other value here may contain a token.
        problems.expected(
            "\(expectation) with its \"type\"", found: value, isSecret: true,
            suggestion: "; it looks like {\"type\": …}")
        return nil
    }

    var rendered: String { "{}" }
}
