/// A part of what was said in a room.
package struct RoomHistory {
    /// The texts, the oldest first; those that were corrected have the new text.
    package let messages: [Message]
    /// True if nothing older is kept.
    package let isComplete: Bool
}
