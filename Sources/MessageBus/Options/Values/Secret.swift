/// A token or a password: it is never printed, whole or in part.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Makes a secret of a text.
    public init(_ text: String) {
        self.text = text
    }

    /// Returns the text itself, for the one call that needs it.
    ///
    /// Do not store or print it.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The word `(secret)`, never the text.
    public var description: String { "(secret)" }
    /// The word `(secret)`, never the text.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: OptionValue {
    /// In words.
    public static var expectation: String { "a secret in a string" }
    /// In words.
    public static var pluralExpectation: String { "secrets in strings" }
    /// True: not even a wrong value is shown.
    public static var isSecret: Bool { true }

    /// Any string.
    public static var schema: OptionSchema { .string }

    /// Decodes any string.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Secret? {
        if let text = value.text { return Secret(text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// A string with nothing of the secret in it.
    public var rendered: String { "\"…\"" }
}
