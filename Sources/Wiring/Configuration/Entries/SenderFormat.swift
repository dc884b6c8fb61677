import MessageBus

/// The form of names of people who speak by a bridge.
struct SenderFormat: OptionValue {
    var text: String

    static var expectation: String { "a string with {name} and without a colon in it" }

    /// True if nobody else can have such a name, since names have no parentheses.
    var isDistinct: Bool { text.contains("(") && text.contains(")") }

    static var schema: OptionSchema { .pattern("^[^:]*\\{name\\}[^:]*$") }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> SenderFormat? {
        if let text = value.text, text.contains("{name}"),
            !text.unicodeScalars.contains(where: { $0.isUnseen || $0 == ":" })
        {
            return SenderFormat(text: text)
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}
