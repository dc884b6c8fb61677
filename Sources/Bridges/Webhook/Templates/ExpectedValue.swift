import JSON
import MessageBus

/// The value that a rule looks for.
package enum ExpectedValue: Sendable {
    /// Any value but null.
    case any
    /// A value equal to this one.
    case value(JSON)

    /// Returns whether a value is the expected one.
    func fits(_ value: JSON) -> Bool {
        switch self {
        case .any: value.isPresent
        case .value(let expected):
            if let number = expected.double, let other = value.double {
                number == other
            } else {
                value == expected
            }
        }
    }
}

extension ExpectedValue: OptionValue {
    /// In words.
    package static var expectation: String { "a string, a number, true, false or null" }
    /// Any value.
    package static var schema: OptionSchema { .anything }

    /// Decodes a value without parts.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> ExpectedValue? {
        switch value.kind {
        case .array, .object, .invalid:
            problems.expected(Self.self, found: value)
            return nil
        default: return JSON(value).map { .value($0) }
        }
    }

    /// As JSON.
    package var rendered: String {
        switch self {
        case .any: "{}"
        case .value(let json): String(decoding: json.encodedWithNulls, as: UTF8.self)
        }
    }
}

extension JSON {
    /// Makes JSON of a value of the configuration; `nil` for one that was reported as wrong.
    init?(_ value: ConfigValue) {
        switch value.kind {
        case .null: self = .null
        case .bool(let isTrue): self = .bool(isTrue)
        case .number(let text):
            guard let json = JSONReader.read(Array(text.utf8)) else { return nil }
            self = json
        case .string(let text): self = .text(text)
        case .array(let values): self = .list(values.compactMap { JSON($0) })
        case .object(let members):
            self = .object(
                Dictionary(
                    members.compactMap { member in
                        JSON(member.value).map { (member.key, $0) }
                    }
                ) { first, _ in first })
        case .invalid: return nil
        }
    }
}
