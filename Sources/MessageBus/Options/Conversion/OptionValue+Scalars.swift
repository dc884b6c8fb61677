extension Bool: OptionValue {
    /// The expectation in words.
    public static var expectation: String { "true or false" }
    /// True or false.
    public static var schema: OptionSchema { .bool }

    /// Suggests a bool for `true` in quotes, `yes`, `1` and the like.
    public static func hint(for value: ConfigValue) -> String? {
        switch value.kind {
        case .string(let text):
            switch text.lowercased() {
            case "true": "write true without quotes"
            case "false": "write false without quotes"
            case "yes", "on", "1", "y", "sí", "si": "write true"
            case "no", "off", "0", "n": "write false"
            default: nil
            }
        case .number(let text): text == "1" ? "write true" : text == "0" ? "write false" : nil
        default: nil
        }
    }

    /// Decodes `true` and `false`, not their names in quotes.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Bool? {
        if case .bool(let isTrue) = value.kind { return isTrue }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    public var rendered: String { self ? "true" : "false" }
}

extension String: OptionValue {
    /// The expectation in words.
    public static var expectation: String { "a string" }
    /// Any string.
    public static var schema: OptionSchema { .string }

    /// Suggests quotes around a number or a word.
    public static func hint(for value: ConfigValue) -> String? {
        switch value.kind {
        case .number(let text): "write it in quotes, \(text.shortened(to: 40).quoted)"
        case .bool(let isTrue): "write it in quotes, \"\(isTrue)\""
        default: nil
        }
    }

    /// Decodes any string, also an empty one.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> String? {
        if let text = value.text { return text }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    public var rendered: String { quoted }
}

extension Double: BoundedValue {
    /// The expectation in words.
    public static var expectation: String { noun }
    /// The noun in words.
    public static var noun: String { "a number" }
    /// Any number.
    public static var schema: OptionSchema { .number(isWhole: false) }

    /// Returns the shape of numbers within bounds.
    public static func schema(atLeast: Double?, above: Double?, atMost: Double?) -> OptionSchema {
        .number(
            isWhole: false, atLeast: atLeast?.plain, above: above?.plain, atMost: atMost?.plain)
    }

    /// Suggests a number in quotes without them.
    public static func hint(for value: ConfigValue) -> String? { unquoted(value, Double.init) }

    /// Decodes any number that is not too large for a `Double`.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Double? {
        if case .number(let text) = value.kind, let number = Double(text), number.isFinite {
            return number
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON; whole numbers without `.0`.
    public var rendered: String {
        Int(exactly: self).map(String.init) ?? description
    }
    /// As JSON.
    public var plain: String { rendered }
}

extension Int: BoundedValue {
    /// The expectation in words.
    public static var expectation: String { noun }
    /// The noun in words.
    public static var noun: String { "a whole number" }
    /// Any whole number.
    public static var schema: OptionSchema { .number(isWhole: true) }

    /// Returns the shape of whole numbers within bounds.
    public static func schema(atLeast: Int?, above: Int?, atMost: Int?) -> OptionSchema {
        .number(isWhole: true, atLeast: atLeast?.plain, above: above?.plain, atMost: atMost?.plain)
    }

    /// Suggests a number in quotes without them.
    public static func hint(for value: ConfigValue) -> String? {
        if case .number(let text) = value.kind, text.allSatisfy(\.isNumber) {
            return "\(Int.max) is the most"
        }
        return unquoted(value) { Int($0) }
    }

    /// Decodes any whole number, however it is written: `1000`, `1e3` and `1000.0` are the same.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Int? {
        if case .number(let text) = value.kind, let number = Int(wholeNumber: text) {
            return number
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    public var rendered: String { description }
    /// As JSON.
    public var plain: String { description }

    /// Reads a JSON number exactly; nil if it has a fraction or doesn't fit.
    package init?(wholeNumber text: String) {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { "eE".contains($0) }
        guard let mantissa = parts.first else { return nil }
        let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var digits = halves.joined().drop { $0 == "-" }.drop { $0 == "0" }
        let fractionDigits = halves.count > 1 ? halves[1].count : 0
        guard !digits.isEmpty else {
            self = 0
            return
        }
        var trailingZeros = 0
        while digits.last == "0" {
            digits.removeLast()
            trailingZeros += 1
        }
        guard let exponent = parts.count > 1 ? Int(parts[1]) : 0, exponent.magnitude < 1 << 32
        else {
            return nil
        }
        let zeros = exponent - fractionDigits + trailingZeros
        // 19 digits are the most an Int has; the initializer refuses what is still too large.
        guard zeros >= 0, digits.count + zeros <= 19 else { return nil }
        let sign = text.hasPrefix("-") ? "-" : ""
        self.init(sign + digits + String(repeating: "0", count: zeros))
    }
}

/// Returns a hint that a number needs no quotes, if the value is a number in quotes.
private func unquoted<Number>(_ value: ConfigValue, _ read: (String) -> Number?) -> String? {
    guard let text = value.text, text.utf8.count < 24, let number = read(text) else { return nil }
    return "write \(number) without quotes"
}

extension OptionValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// The choices.
    public static var expectation: String {
        "one of " + allCases.map(\.rawValue.quoted).joined(separator: ", ")
    }

    /// The choices.
    public static var schema: OptionSchema { .choice(allCases.map(\.rawValue)) }

    /// The choices, for a list of them.
    public static var pluralExpectation: String {
        allCases.map(\.rawValue.quoted).joined(separator: ", ")
    }

    /// Decodes the name of a case.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self? {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        if let chosen = Self(rawValue: text) { return chosen }
        let nearest = problems.suggestion(for: text, among: allCases.map(\.rawValue))
        problems.expected(expectation, found: value, suggestion: nearest)
        return nil
    }

    /// As JSON.
    public var rendered: String { rawValue.quoted }
}
