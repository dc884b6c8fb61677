/// An offset in a room's transcript: the bytes in front of it, counted from the transcript's
/// beginning.
@frozen @usableFromInline
package struct TranscriptOffset: Coordinate {
    @usableFromInline package let rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}
