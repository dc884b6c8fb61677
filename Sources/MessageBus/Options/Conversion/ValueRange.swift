/// The bounds of a value.
struct ValueRange<Value: BoundedValue>: Sendable {
    private var lowest: Value?
    private var above: Value?
    private var highest: Value?

    /// Makes the range of all values above one.
    init(above value: Value) {
        above = value
    }

    /// Makes a range: closed, or open at one end.
    init(_ range: some RangeExpression<Value>) {
        switch range {
        case let range as ClosedRange<Value>:
            (lowest, highest) = (range.lowerBound, range.upperBound)
        case let range as PartialRangeFrom<Value>: lowest = range.lowerBound
        case let range as PartialRangeThrough<Value>: highest = range.upperBound
        default: preconditionFailure("the bounds of an option are a...b, a... or ...b")
        }
    }

    /// The shape of the values within the bounds.
    var schema: OptionSchema { Value.schema(atLeast: lowest, above: above, atMost: highest) }

    /// Returns whether a value lies within.
    func contains(_ value: Value) -> Bool {
        if let lowest, value < lowest { return false }
        if let above, value <= above { return false }
        if let highest, value > highest { return false }
        return true
    }

    /// The expected value: `a whole number > 0`, `a duration from 1s to 5m, like "10s"`.
    var expectation: String { bounds + example }

    /// The ending `, like "10s"`, with a value that lies within the bounds; empty for values that
    /// are just numbers.
    private var example: String {
        let candidates = [Value.example, lowest, highest].compactMap(\.self)
        guard Value.example != nil, let value = candidates.first(where: contains) else { return "" }
        return ", like \(value.rendered)"
    }

    private var bounds: String {
        switch (lowest, above, highest) {
        // Whole numbers from 1 are those over 0, which reads more easily.
        case (let lowest?, _, nil) where lowest as? Int == 1: "\(Value.noun) > 0"
        case (let lowest?, _, let highest?):
            "\(Value.noun) from \(lowest.plain) to \(highest.plain)"
        case (let lowest?, _, nil): "\(Value.noun) ≥ \(lowest.plain)"
        case (nil, let above?, _): "\(Value.noun) > \(above.plain)"
        case (nil, nil, let highest?): "\(Value.noun) ≤ \(highest.plain)"
        case (nil, nil, nil): Value.noun
        }
    }
}
