/// A place on one axis: a distinct type for each axis, so that the compiler keeps them apart, and a
/// plain `UInt64` at run time.
///
/// The distance between two coordinates is an `Int`; only a coordinate and a distance can be added.
@usableFromInline
package protocol Coordinate: RawRepresentable, Comparable, Hashable, Sendable,
    ExpressibleByIntegerLiteral, CustomStringConvertible
where RawValue == UInt64 {
    /// Makes the coordinate of that value.
    init(rawValue: UInt64)
}

extension Coordinate {
    /// Makes the coordinate that a literal gives.
    @inlinable
    package init(integerLiteral value: UInt64) { self.init(rawValue: value) }

    /// The largest value there is, which no coordinate reaches.
    @inlinable package static var max: Self { Self(rawValue: .max) }

    /// The number alone.
    @inlinable package var description: String { "\(rawValue)" }

    /// Returns whether the left coordinate comes first.
    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Returns the coordinate that is a distance after this one.
    @inlinable
    package static func + (left: Self, distance: Int) -> Self {
        Self(rawValue: left.rawValue + UInt64(truncatingIfNeeded: distance))
    }

    /// Returns the coordinate that is a distance before this one.
    @inlinable
    package static func - (left: Self, distance: Int) -> Self {
        Self(rawValue: left.rawValue - UInt64(truncatingIfNeeded: distance))
    }

    /// Moves on by a distance.
    @inlinable
    package static func += (left: inout Self, distance: Int) { left = left + distance }

    /// Returns the distance from the right coordinate to the left one, which must not come first.
    @inlinable
    package static func - (left: Self, right: Self) -> Int {
        Int(truncatingIfNeeded: left.rawValue - right.rawValue)
    }

    /// Returns the coordinate halfway between this one and a later one.
    @inlinable
    package func middle(to end: Self) -> Self { self + (end - self) / 2 }
}
