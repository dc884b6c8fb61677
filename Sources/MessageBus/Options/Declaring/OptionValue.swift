/// What an option can hold: it decodes itself and says in words what it expects.
///
/// Other modules add types of their own, as a regular expression that has to compile.
public protocol OptionValue: Sendable {
    /// What is expected, with its article: `a whole number`.
    static var expectation: String { get }

    /// What a list of it holds: `whole numbers`. By default made of `expectation`.
    static var pluralExpectation: String { get }

    /// Tells whether the value must not be shown, even where it is what is wrong.
    static var isSecret: Bool { get }

    /// The options inside, where the value is an object or a list of objects.
    static var nestedOptions: [OptionDescription] { get }

    /// What was probably meant by a value that is none, as `did you mean "10s"?`; nil if nobody
    /// knows. Not asked of secrets, nor of what came out of the environment or a file.
    static func hint(for value: ConfigValue) -> String?

    /// How a list of it looks, where somebody wrote something else; nil where the words are enough.
    static var listHint: String? { get }

    /// Makes the value, or adds to the problems why it can't and returns nil. Does no I/O.
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

    /// Nothing; types whose values are often written in another way say otherwise.
    public static func hint(for value: ConfigValue) -> String? { nil }

    /// Nothing; lists of objects say otherwise.
    public static var listHint: String? { nil }

    /// None; values with options inside say otherwise.
    public static var nestedOptions: [OptionDescription] { [] }
}
