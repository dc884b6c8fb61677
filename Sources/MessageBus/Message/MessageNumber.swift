/// The number of a message: rising with the order in which the bus accepts messages, and never
/// given twice.
///
/// 0 stands for no message, and comes before all others.
@frozen
public struct MessageNumber: RawRepresentable, Comparable, Hashable, Sendable,
    ExpressibleByIntegerLiteral, LosslessStringConvertible
{
    /// The number as an integer, for arithmetic and for other systems.
    public let rawValue: UInt64

    /// Numbers that a bus reserves in its store at once; a crash leaves a gap of at most this many.
    package static let reservationSize = 1 << 16

    /// Makes a number from the integer.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes the number that a literal gives.
    @inlinable
    public init(integerLiteral value: UInt64) { self.init(rawValue: value) }

    /// Makes the number that decimal digits give; `nil` if they are not digits, or too many.
    @inlinable
    public init?(_ digits: some StringProtocol) {
        guard let value = UInt64(digits) else { return nil }
        self.init(rawValue: value)
    }

    /// The number in decimal digits.
    @inlinable public var description: String { "\(rawValue)" }

    /// Returns whether the left message was accepted first.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

// Only our own targets may compute distances between numbers: plug-ins can't know where the gaps
// are.
extension MessageNumber: Coordinate {}
