/// The part of a room's messages that a store has.
package struct StoredExtent: Sendable, Equatable {
    /// The number of the newest message; 0 if there is none.
    package let last: UInt64
    /// The number up to which messages were deleted for their age; 0 if none was.
    package let removed: UInt64

    /// Makes an extent.
    package init(last: UInt64 = 0, removed: UInt64 = 0) {
        self.last = last
        self.removed = removed
    }
}
