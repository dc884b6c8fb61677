/// Some of what a store has of a room.
package struct StoredRun: Sendable {
    /// The oldest first.
    package let messages: [Message]
    /// Whether these are all that was asked for; if not, there are more behind the last one.
    package let isComplete: Bool

    package init(_ messages: [Message], isComplete: Bool) {
        self.messages = messages
        self.isComplete = isComplete
    }
}
