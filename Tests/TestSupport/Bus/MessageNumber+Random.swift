import MessageBus

extension MessageNumber {
    /// Returns one of the numbers.
    package static func random(in range: ClosedRange<Self>, using random: inout Seeded) -> Self {
        let values = range.lowerBound.rawValue...range.upperBound.rawValue
        return Self(rawValue: .random(in: values, using: &random))
    }
}
