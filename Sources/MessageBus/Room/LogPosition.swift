/// A position in a room's log: the number of messages that were ever appended before it.
@frozen @usableFromInline
package struct LogPosition: Coordinate {
    @usableFromInline package let rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
