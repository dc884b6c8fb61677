/// A number that is exposed, or a histogram.
package enum MetricValue: Sendable, Equatable {
    case integer(UInt64)
    case number(Double)
    case histogram(Histogram)

    /// Returns this value combined with another one of the same labels; this value alone if either
    /// is a histogram.
    func combined(with other: MetricValue, as combination: MetricFamily.Combination) -> MetricValue
    {
        switch (self, other) {
        case (.integer(let left), .integer(let right)):
            .integer(combination == .sum ? left &+ right : max(left, right))
        case (.histogram, _), (_, .histogram): self
        default:
            .number(
                combination == .sum ? number + other.number : max(number, other.number))
        }
    }

    private var number: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .histogram: 0
        }
    }
}
