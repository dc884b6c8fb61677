/// The storage of an option: a class, because reflection hands out copies of structs, and decoding
/// has to write into the options it looks at.
///
/// Owned by `Option`, which checks it, and shared only with copies of that. Unchecked: it is
/// changed while its options are decoded, when nobody else has them yet, and by the wrapper's
/// setter when that has the only reference.
final class OptionStorage<Value: OptionValue>: @unchecked Sendable {
    typealias Decode = @Sendable (ConfigValue, inout Problems) -> Value?

    let sentence: String
    let expectation: String
    /// The meaning of leaving the option out, in words; nil where the default says it.
    let absent: String?
    /// Returns the shape of the values.
    let schema: @Sendable () -> OptionSchema
    let decode: Decode
    var value: Value?
    /// The value as it was written, only for a secret, whose rendered form says nothing.
    var written: ConfigValue?
    var location: OptionLocation

    init(
        sentence: String, expectation: String, absent: String?,
        schema: @escaping @Sendable () -> OptionSchema, decode: @escaping Decode,
        value: Value?
    ) {
        self.sentence = sentence
        self.expectation = expectation
        self.absent = absent
        self.schema = schema
        self.decode = decode
        self.value = value
        location = OptionLocation(notIn: ConfigLocation(root: TextPosition(line: 1, column: 1)))
    }

    init(copying other: OptionStorage) {
        sentence = other.sentence
        expectation = other.expectation
        absent = other.absent
        schema = other.schema
        decode = other.decode
        value = other.value
        written = other.written
        location = other.location
    }
}
