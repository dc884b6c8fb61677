import TimeUnits

// Tests write a moment as its milliseconds since 1970.
extension Timestamp: ExpressibleByIntegerLiteral {
    /// Makes a moment from milliseconds since 1970.
    public init(integerLiteral milliseconds: Int64) { self.init(milliseconds: milliseconds) }
}
