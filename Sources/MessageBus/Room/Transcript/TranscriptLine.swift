/// The number of a line in a room's transcript: the lines in front of it, counted from the
/// transcript's beginning.
@frozen @usableFromInline
package struct TranscriptLine: Coordinate {
    @usableFromInline package let rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
