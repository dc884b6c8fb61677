/// The description of an option: for checking keys, for `describe` and for schemas.
public struct OptionDescription: Sendable, Hashable {
    /// The key.
    public let name: String
    /// The sentence that describes it.
    public let sentence: String
    /// The expected value: `a whole number > 0`.
    public let expectation: String
    /// The default as JSON; nil where the option must be given.
    public let defaultValue: String?
    /// The meaning of leaving the option out, in words; nil where the default says it.
    public let absence: String?
    /// True if the value must not be shown.
    public let isSecret: Bool
    /// The options inside, where the value is an object or a list of objects.
    public let nested: [OptionDescription]
    /// The shape of the value.
    public let schema: OptionSchema

    package init(
        name: String, sentence: String, expectation: String, defaultValue: String?,
        absence: String? = nil, isSecret: Bool = false, nested: [OptionDescription] = [],
        schema: OptionSchema
    ) {
        self.name = name
        self.sentence = sentence
        self.expectation = expectation
        self.defaultValue = defaultValue
        self.absence = absence
        self.isSecret = isSecret
        self.nested = nested
        self.schema = schema
    }

    /// The default for people: as JSON, or in words where it is null; nil where the option must be
    /// given.
    public var defaultWords: String? {
        guard let defaultValue else { return nil }
        return defaultValue == "null" ? absence ?? "none" : defaultValue
    }
}
