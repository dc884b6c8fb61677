extension Duration: BoundedValue {
    /// In words, with an example.
    public static var expectation: String { "a duration like \"10s\"" }
    /// In words, with an example.
    public static var pluralExpectation: String { "durations like \"10s\"" }
    /// Ten seconds.
    public static var example: Duration? { .seconds(10) }
    /// In words.
    public static var noun: String { "a duration" }
    /// A whole number and a unit.
    public static var schema: OptionSchema { .pattern("^[0-9]{1,15}(ms|s|m|h|d)$") }

    /// Returns the shape of durations within bounds; a pattern can say only that zero is not among
    /// them.
    public static func schema(
        atLeast: Duration?, above: Duration?, atMost: Duration?
    ) -> OptionSchema {
        let isZeroAllowed = atLeast.map { $0 <= .zero } ?? above.map { $0 < .zero } ?? true
        return isZeroAllowed ? schema : .pattern("^0*[1-9][0-9]*(ms|s|m|h|d)$")
    }

    /// The longest duration, a hundred years: longer ones can't be counted in nanoseconds without
    /// care.
    package static let maxOption = Duration.seconds(36_500 * 86_400)

    /// Suggests a duration for one in the form of other programs: `10`, `10 s`, `1.5h`, `1h30m`,
    /// `2 weeks`.
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

    /// Suggests a unit for a bare number: seconds, or that of the option's default.
    ///
    /// Suggests both where neither comes near the default, and without a default milliseconds and
    /// seconds.
    ///
    /// - Parameters:
    ///   - usual: the option's default.
    ///   - isAllowed: returns whether a duration lies within the option's bounds.
    /// - Returns: `nil` for anything else, and where no unit makes sense.
    static func hint(
        forBare value: ConfigValue, usual: Duration?, isAllowed: (Duration) -> Bool
    ) -> String? {
        let digits: String
        switch value.kind {
        case .string(let text), .number(let text): digits = text
        default: return nil
        }
        guard digits.utf8.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(digits), count > 0
        else { return nil }
        let known = usual.flatMap { $0 > .zero ? $0 : nil }
        let unit = known.map { $0.plain.filter(\.isLetter) } ?? "ms"
        let units = unit == "s" ? ["s"] : [unit, "s"]
        var meant = units.compactMap { Duration(option: "\(count)\($0)") }
            .filter { $0 <= maxOption && isAllowed($0) }
        if let known {
            let distance = { (duration: Duration) in max(duration / known, known / duration) }
            meant.sort { distance($0) < distance($1) }
            if let nearest = meant.first, distance(nearest) <= 10 { meant = [nearest] }
        }
        if meant.isEmpty { return nil }
        return "did you mean \(meant.map(\.rendered).joined(separator: " or "))?"
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
