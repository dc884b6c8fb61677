/// A part of a room's messages in a store.
package struct StoredRun: Sendable {
    /// The messages, the oldest first.
    package let messages: [Message]
    /// True if these are all that were asked for; otherwise there are more behind the last one.
    package let isComplete: Bool

    package init(_ messages: [Message], isComplete: Bool) {
        self.messages = messages
        self.isComplete = isComplete
    }
}
