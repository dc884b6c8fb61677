extension Duration: BoundedValue {
    /// In words, with an example.
    public static var expectation: String { "a duration like \"10s\"" }
    /// In words, with an example.
    public static var pluralExpectation: String { "durations like \"10s\"" }
    /// Ten seconds.
    public static var example: Duration? { .seconds(10) }
    /// In words.
    public static var noun: String { "a duration" }

    /// The longest duration, a hundred years: longer ones can't be counted in nanoseconds without
    /// care.
    package static let maxOption = Duration.seconds(36_500 * 86_400)

    /// Suggests a duration for those of other programs: `10`, `10 s`, `1.5h`, `1h30m`, `2 weeks`.
    public static func hint(for value: ConfigValue) -> String? {
        let text: String
        switch value.kind {
        case .string(let string): text = string
        case .number(let number): text = number
        default: return nil
        }
        if let known = Duration(option: text) {
            return known > maxOption ? "\(maxOption.plain) are the most" : nil
        }
        guard let meant = Quantity.sum(of: text, units: Quantity.durations) else { return nil }
        return "did you mean \(Duration.milliseconds(meant).rendered)?"
    }

    /// Decodes a whole number and a unit, `"200ms"`, `"10s"`, `"5m"`, `"12h"`, `"90d"`.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Duration? {
        guard let text = value.text, let duration = Duration(option: text) else {
            problems.expected(Self.self, found: value)
            return nil
        }
        if duration > maxOption {
            problems.expected("a duration ≤ \(maxOption.plain), like \"10s\"", found: value)
            return nil
        }
        return duration
    }

    /// Reads a duration as it is written in the configuration; nil if it isn't one.
    package init?(option text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), digits.utf8.count <= 15 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(count)
        case "s": self = .seconds(count)
        case "m": self = .seconds(count) * 60
        case "h": self = .seconds(count) * 3_600
        case "d": self = .seconds(count) * 86_400
        default: return nil
        }
    }

    /// As JSON.
    public var rendered: String { plain.quoted }

    /// As it is written in the configuration, in the largest unit that fits.
    public var plain: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard milliseconds == 0 else { return "\(seconds * 1_000 + milliseconds)ms" }
        for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] as [(String, Int64)]
        where seconds != 0 && seconds % length == 0 {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }
}
