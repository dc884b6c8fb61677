/// A stretch of a room's events.
package struct RoomEvents {
    /// The events, the oldest first: texts, corrections, deletions and notices.
    package let messages: [Message]
    /// The number after which the next stretch begins.
    package let through: MessageNumber
    /// True if nothing has happened after it so far.
    package let isComplete: Bool
    /// The number of events that may be missing before it, judging by the numbers, because they are
    /// no longer kept.
    package let missed: Int
}
