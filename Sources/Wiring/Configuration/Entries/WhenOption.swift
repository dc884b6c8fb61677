import MessageBus

/// The value of `when`: a bridge is on, or left out.
struct WhenOption: OptionValue {
    var isOn: Bool

    static var expectation: String { "a string, true or false" }

    static var schema: OptionSchema {
        .either([.bool, .noneOf(words.subtracting(["", "false"]).sorted())])
    }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> WhenOption? {
        switch value.kind {
        case .bool(let isOn): return WhenOption(isOn: isOn)
        case .string(let text):
            guard let word = word(text) else {
                return WhenOption(isOn: !text.isEmpty && text != "false")
            }
            // None of these words is a token, so they may be shown.
            let shown = value.shownAs == nil ? "" : ", which is \(word)"
            problems.add(
                """
                expected "" or "false" to leave the bridge out, found \(value.found)\(shown); any other \
                text would switch it on
                """, at: value.location)
            return nil
        default:
            // The value is often the bridge's token.
            problems.expected(
                expectation, found: value, isSecret: true,
                suggestion: "; false leaves the bridge out")
            return nil
        }
    }

    /// Returns a word that means no without being one of the two that leave a bridge out, quoted.
    private static func word(_ text: String) -> String? {
        if text.isEmpty || text == "false" || text.utf8.count > 16 { return nil }
        let word = text.lowercased().filter { !$0.isWhitespace }
        return words.contains(word) ? text.quoted : nil
    }

    private static let words: Set<String> = [
        "", "false", "no", "off", "0", "none", "null", "nil", "n", "f", "never", "disabled",
        "disable", "falso", "nunca", "''", "\"\"", "undefined",
    ]

    var rendered: String { isOn ? "true" : "false" }
}
