/// A value that an option can hold within bounds.
public protocol BoundedValue: OptionValue, Comparable {
    /// The noun of the type, with its article, before the bounds: `a whole number` in `a whole
    /// number > 0`.
    static var noun: String { get }

    /// The value as it is written in the bounds, without quotes.
    var plain: String { get }

    /// A value that shows how others are written; nil where a number is just a number.
    static var example: Self? { get }

    /// Returns the shape of values within bounds; by default that of all values.
    static func schema(atLeast: Self?, above: Self?, atMost: Self?) -> OptionSchema
}

extension BoundedValue {
    /// None: a number is just a number.
    public static var example: Self? { nil }

    /// Returns the shape of all values.
    public static func schema(atLeast: Self?, above: Self?, atMost: Self?) -> OptionSchema {
        schema
    }
}
