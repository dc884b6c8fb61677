/// A position in a room's log: the messages in front of it, counted from the log's beginning.
@frozen @usableFromInline
package struct LogPosition: Coordinate {
    @usableFromInline package let rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
