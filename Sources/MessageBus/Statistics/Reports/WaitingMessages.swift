/// Messages that wait for the readers of one channel of a bridge.
package struct WaitingMessages: Sendable, Equatable {
    /// The remote chat, or the room where a bridge has no such chats.
    package let channel: String
    /// The number of messages that wait; of several readers, for all of them together.
    package var count: Int
    /// The time since the oldest of them came; none if none waits.
    package var age: Duration

    /// Makes the report of a channel.
    package init(channel: String, count: Int, age: Duration) {
        self.channel = channel
        self.count = count
        self.age = age
    }
}
