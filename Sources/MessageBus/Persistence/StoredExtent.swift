/// The part of a room's messages that a store has.
package struct StoredExtent: Sendable, Equatable {
    /// The number of the newest message, whether or not it was deleted for its age; 0 if there was
    /// none.
    package let last: MessageNumber
    /// The number up to which messages were deleted for their age; 0 if none was.
    package let removed: MessageNumber

    /// Makes an extent.
    package init(last: MessageNumber = 0, removed: MessageNumber = 0) {
        self.last = last
        self.removed = removed
    }
}
