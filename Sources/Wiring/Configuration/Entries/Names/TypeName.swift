import MessageBus

/// The `type` of an entry.
struct TypeName<Entry: TypedEntryOptions>: OptionValue {
    var text: String

    static var expectation: String { Entry.typeExpectation }

    static var schema: OptionSchema { .string }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> TypeName? {
        if let text = value.text { return TypeName(text: text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}
