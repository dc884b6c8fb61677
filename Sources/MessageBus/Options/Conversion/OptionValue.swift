/// A type that an option can have: it decodes values and says in words what it expects.
///
/// Other modules add types of their own, such as a regular expression, which has to compile.
public protocol OptionValue: Sendable {
    /// The expected value, with its article: `a whole number`.
    static var expectation: String { get }

    /// The elements of a list of it: `whole numbers`. By default made of `expectation`.
    static var pluralExpectation: String { get }

    /// True if the value must not be shown, not even a wrong one.
    static var isSecret: Bool { get }

    /// The options inside, where the value is an object or a list of objects.
    static var nestedOptions: [OptionDescription] { get }

    /// The shape of the value, for the JSON Schema of the configuration; by default any value.
    static var schema: OptionSchema { get }

    /// Returns a guess at the meaning of a value that is wrong, such as `did you mean "10s"?`; nil
    /// if there is none. Not called for secrets, nor for values out of the environment or a file.
    static func hint(for value: ConfigValue) -> String?

    /// The form of a list of it, for somebody who wrote something else; nil where the words are
    /// enough.
    static var listHint: String? { get }

    /// Returns the value, or reports why there is none and returns nil. Does no I/O.
    static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self?

    /// The value as JSON, for descriptions; a secret is not shown.
    var rendered: String { get }
}

extension OptionValue {
    /// The expectation without its article and with an `s`.
    public static var pluralExpectation: String {
        for article in ["a ", "an "] where expectation.hasPrefix(article) {
            return expectation.dropFirst(article.count) + "s"
        }
        return expectation
    }

    /// False; the few secret types say otherwise.
    public static var isSecret: Bool { false }

    /// Returns nil; types whose values are often written in another way have hints.
    public static func hint(for value: ConfigValue) -> String? { nil }

    /// Nil; lists of objects have one.
    public static var listHint: String? { nil }

    /// None; types with options inside have some.
    public static var nestedOptions: [OptionDescription] { [] }

    /// Any value.
    public static var schema: OptionSchema { .anything }
}
