/// An option of a plug-in: its sentence, its default, its bounds and its secrecy, in one place.
///
/// `@Option("The number of messages.", in: 1...) var messages = 20`. Without a default it must be
/// given, unless its type is optional. Has value semantics. An option that must be given traps if
/// it is read before the options were decoded or it was set.
@propertyWrapper
public struct Option<Value: OptionValue>: Sendable {
    private var storage: OptionStorage<Value>

    /// Declares an option with a default.
    public init(wrappedValue: Value, _ sentence: String) {
        self.init(sentence, wrappedValue, Value.expectation, Value.decode)
    }

    /// Declares an option that must be given.
    public init(_ sentence: String) {
        self.init(sentence, nil, Value.expectation, Value.decode)
    }

    private init(
        _ sentence: String, _ value: Value?, _ expectation: String, absent: String? = nil,
        schema: @escaping @Sendable () -> OptionSchema = { Value.schema },
        _ decode: @escaping OptionStorage<Value>.Decode
    ) {
        storage = OptionStorage(
            sentence: sentence, expectation: expectation, absent: absent, schema: schema,
            decode: decode, value: value)
    }

    /// The value.
    public var wrappedValue: Value {
        get {
            guard let value = storage.value else {
                preconditionFailure("an option that must be given is read before it was decoded")
            }
            return value
        }
        set {
            if !isKnownUniquelyReferenced(&storage) { storage = OptionStorage(copying: storage) }
            storage.value = newValue
        }
    }

    /// The location of the value, for checks of one's own.
    public var projectedValue: OptionLocation { storage.location }
}

extension Option where Value: ExpressibleByNilLiteral {
    /// Declares an option that is nil unless it is given.
    public init(_ sentence: String) {
        self.init(wrappedValue: nil, sentence)
    }

    /// Declares an option that is nil unless it is given, and says in words what nil means, such as
    /// `the first room`.
    public init(_ sentence: String, absent: String) {
        self.init(sentence, nil as Value, Value.expectation, absent: absent, Value.decode)
    }
}

extension Option where Value: BoundedValue {
    /// Declares an option with a default, and a range its values lie in.
    public init(wrappedValue: Value, _ sentence: String, in range: some RangeExpression<Value>) {
        self.init(sentence, wrappedValue, within: ValueRange(range))
    }

    /// Declares an option with a default, and a value that all of its values exceed.
    public init(wrappedValue: Value, _ sentence: String, above: Value) {
        self.init(sentence, wrappedValue, within: ValueRange(above: above))
    }

    /// Declares an option that must be given, and a range its values lie in.
    public init(_ sentence: String, in range: some RangeExpression<Value>) {
        self.init(sentence, nil, within: ValueRange(range))
    }

    /// Declares an option that must be given, and a value that all of its values exceed.
    public init(_ sentence: String, above: Value) {
        self.init(sentence, nil, within: ValueRange(above: above))
    }

    private init(_ sentence: String, _ value: Value?, within bounds: ValueRange<Value>) {
        self.init(sentence, value, bounds.expectation, schema: { bounds.schema }) {
            bounds.decode($0, into: &$1)
        }
    }
}

extension Option {
    /// Declares an option that is nil unless it is given, and a range its values lie in.
    public init<Wrapped: BoundedValue>(
        wrappedValue: Value = nil, _ sentence: String, in range: some RangeExpression<Wrapped>
    ) where Value == Wrapped? {
        self.init(sentence, wrappedValue, within: ValueRange(range))
    }

    /// Declares an option that is nil unless it is given, says in words what nil means, and gives a
    /// range its values lie in.
    public init<Wrapped: BoundedValue>(
        wrappedValue: Value = nil, _ sentence: String, absent: String,
        in range: some RangeExpression<Wrapped>
    ) where Value == Wrapped? {
        self.init(sentence, wrappedValue, absent: absent, within: ValueRange(range))
    }

    /// Declares an option that is nil unless it is given, and a value that all its values exceed.
    public init<Wrapped: BoundedValue>(
        wrappedValue: Value = nil, _ sentence: String, above: Wrapped
    ) where Value == Wrapped? {
        self.init(sentence, wrappedValue, within: ValueRange(above: above))
    }

    private init<Wrapped: BoundedValue>(
        _ sentence: String, _ value: Value, absent: String? = nil,
        within bounds: ValueRange<Wrapped>
    ) where Value == Wrapped? {
        self.init(
            sentence, value, bounds.expectation, absent: absent,
            schema: { .either([bounds.schema, .null]) }
        ) { value, problems in
            if case .null = value.kind { return .some(nil) }
            return bounds.decode(value, into: &problems).map { .some($0) }
        }
    }
}

extension ValueRange {
    /// Decodes a value within the bounds, or reports what is expected.
    fileprivate func decode(_ value: ConfigValue, into problems: inout Problems) -> Value? {
        // The type's own report would leave the bounds out, so it is not kept.
        var unbounded = Problems()
        let decoded = Value.decode(value, into: &unbounded)
        if let decoded, contains(decoded) { return decoded }
        problems.expected(
            expectation, found: value,
            suggestion: decoded == nil
                ? problems.hint(Value.self, for: value) { duration in
                    (duration as? Value).map(contains) ?? true
                } : "")
        return nil
    }
}

extension Option: DeclaredOption {
    var isRequired: Bool { storage.value == nil }

    func described(as name: String) -> OptionDescription {
        OptionDescription(
            name: name, sentence: storage.sentence, expectation: storage.expectation,
            defaultValue: storage.value?.rendered, absence: storage.absent,
            isSecret: Value.isSecret,
            nested: Value.nestedOptions, schema: storage.schema())
    }

    func rendered() -> String? { storage.value?.rendered }

    func comparable() -> String {
        guard let value = storage.value else { return "" }
        if let options = value as? any PluginOptions { return options.comparable }
        let rendered = value.rendered
        if !Value.isSecret || rendered == "null" { return rendered }
        return storage.written?.canonical ?? "default"
    }

    func decode(_ value: ConfigValue, into problems: inout Problems) -> Bool {
        storage.location = OptionLocation(of: value)
        if case .null = value.kind, let standard = storage.value?.rendered {
            var quiet = Problems()
            if storage.decode(value, &quiet) == nil {
                let words = standard.utf8.count <= 40 ? ", \(standard)" : ""
                problems.expected(
                    storage.expectation, found: value,
                    suggestion: "; leave it out for its default\(words)")
                return false
            }
        }
        let outer = problems.usualDuration
        problems.usualDuration = storage.value as? Duration
        defer { problems.usualDuration = outer }
        guard let decoded = storage.decode(value, &problems) else { return false }
        storage.value = decoded
        if Value.isSecret { storage.written = value }
        return true
    }

    func leaveOut(of object: ConfigLocation) {
        storage.location = OptionLocation(notIn: object)
    }

    var place: OptionLocation { storage.location }

    func samples(at location: ConfigLocation) -> [ConfigValue] {
        var (seen, result): (Set<String>, [ConfigValue]) = ([], [])
        for value in storage.schema().samples(at: location) {
            var quiet = Problems()
            guard storage.decode(value, &quiet) != nil, seen.insert(value.canonical).inserted
            else { continue }
            result.append(value)
        }
        return result
    }

    func assume(_ value: ConfigValue) {
        var quiet = Problems()
        guard let decoded = storage.decode(value, &quiet) else { return }
        storage.value = decoded
        storage.location = OptionLocation(of: value)
    }
}
