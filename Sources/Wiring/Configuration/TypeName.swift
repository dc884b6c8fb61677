import MessageBus

/// The options of an entry that has a `type`.
protocol TypedEntryOptions: PluginOptions {
    /// What belongs there, in words.
    static var typeExpectation: String { get }
}

/// What is named by the `type` of an entry.
struct TypeName<Entry: TypedEntryOptions>: OptionValue {
    var text: String

    static var expectation: String { Entry.typeExpectation }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> TypeName? {
        if let text = value.text { return TypeName(text: text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}
