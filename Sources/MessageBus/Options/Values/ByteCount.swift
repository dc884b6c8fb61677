/// A size in bytes.
public struct ByteCount: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The number of bytes.
    public var bytes: Int

    /// Makes a size of so many bytes.
    public init(_ bytes: Int) {
        self.bytes = bytes
    }

    /// Makes a size of so many bytes.
    public init(integerLiteral bytes: Int) {
        self.bytes = bytes
    }

    /// Returns so many times 1,024 bytes.
    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    /// Returns so many times 1,024 KiB.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }
    /// Returns so many times 1,024 MiB.
    public static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// Reads a size with its unit, `64KiB`; nil if it isn't one or doesn't fit.
    package init?(option text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let count = Int(digits), let unit = Self.units.first(where: { $0.0 == suffix }) else {
            return nil
        }
        let (bytes, hasOverflown) = count.multipliedReportingOverflow(by: unit.1)
        guard !hasOverflown else { return nil }
        self.bytes = bytes
    }

    /// As it is written in the configuration, in the largest unit that fits.
    public var description: String {
        for (unit, size) in Self.units where bytes != 0 && bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return "\(bytes)"
    }
}

extension ByteCount: BoundedValue {
    /// In words, with an example.
    public static var expectation: String { "a size like \"64KiB\" or a number of bytes" }
    /// In words, with an example.
    public static var pluralExpectation: String { "sizes like \"64KiB\"" }
    /// 64 KiB.
    public static var example: ByteCount? { .kibibytes(64) }
    /// In words.
    public static var noun: String { "a size" }
    /// A whole number and a unit, or a number of bytes.
    public static var schema: OptionSchema { schema(atLeast: nil, above: nil, atMost: nil) }

    /// Returns the shape of sizes within bounds; for sizes with a unit, a pattern can't express the
    /// bounds.
    public static func schema(
        atLeast: ByteCount?, above: ByteCount?, atMost: ByteCount?
    ) -> OptionSchema {
        .either([
            .pattern("^[0-9]+(KiB|MiB|GiB)$"),
            .number(
                isWhole: true, atLeast: "\(max(0, atLeast?.bytes ?? 0))",
                above: above.map { "\($0.bytes)" }, atMost: atMost.map { "\($0.bytes)" }),
        ])
    }

    /// Suggests a size for one in the form of other programs: `64k`, `64 KB`, `1.5MiB`.
    public static func hint(for value: ConfigValue) -> String? {
        guard let text = value.text, let meant = Quantity.sum(of: text, units: Quantity.sizes),
            let bytes = Int(exactly: meant)
        else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return "write \(bytes) without quotes"
        }
        return "did you mean \(ByteCount(bytes).rendered)?"
    }

    /// Decodes `"64KiB"`, `"4MiB"`, `"1GiB"`, or a whole number of bytes that is not negative.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> ByteCount? {
        switch value.kind {
        case .string(let text):
            if let size = ByteCount(option: text) { return size }
        case .number(let text):
            if let bytes = Int(wholeNumber: text), bytes >= 0 { return ByteCount(bytes) }
        default: break
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// Returns whether the left size is smaller.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// As JSON.
    public var rendered: String {
        let text = description
        return text.last?.isNumber == true ? text : text.quoted
    }
    /// As it is written in the configuration.
    public var plain: String { description }
}
