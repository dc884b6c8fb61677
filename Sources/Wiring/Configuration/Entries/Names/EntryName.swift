import MessageBus

/// The name of a bridge or of this instance.
struct EntryName: OptionValue {
    var text: String

    init(_ text: String) {
        self.text = text
    }

    static var expectation: String { "a name of 1–32 characters, none of ( ) [ ] : * ?" }

    /// Brackets and colons would let a bridge imitate lines of the bus; `*` and `?` are for globs.
    static func isAllowed(_ text: String) -> Bool {
        (1...32).contains(text.unicodeScalars.count) && text.first != " " && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                !scalar.isUnseen && (scalar == " " || !scalar.properties.isWhitespace)
                    && !"()[]:*?".unicodeScalars.contains(scalar)
            }
    }

    static var schema: OptionSchema {
        let (end, middle) = (#"[^ ()\[\]:*?]"#, #"[^()\[\]:*?]"#)
        return .pattern("^\(end)(\(middle){0,30}\(end))?$")
    }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> EntryName? {
        if let text = value.text, isAllowed(text) { return EntryName(text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    var rendered: String { text.quoted }
}
