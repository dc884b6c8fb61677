import JSON

// Test data is easier to read as literals.
extension JSON: ExpressibleByUnicodeScalarLiteral {}
extension JSON: ExpressibleByExtendedGraphemeClusterLiteral {}
extension JSON: ExpressibleByStringLiteral {
    /// Makes a text.
    public init(stringLiteral text: String) { self = .text(text) }
}

extension JSON: ExpressibleByBooleanLiteral {
    /// Makes true or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
