/// A stretch of a room's events.
package struct RoomEvents {
    /// The events, the oldest first: texts, corrections, deletions and notices.
    package let messages: [Message]
    /// The number behind which the next stretch begins.
    package let through: MessageNumber
    /// True if nothing has happened behind it, at present.
    package let isComplete: Bool
    /// The number of events that may be missing in front of it, by their numbers: they are kept no
    /// longer.
    package let missed: Int
}
