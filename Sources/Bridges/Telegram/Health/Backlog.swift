import MessageBus

/// The messages that wait for a chat, as far as its outbox has read them.
struct Backlog: Sendable, Equatable {
    /// Messages for Telegram; those that it is never sent are not counted.
    var count = 0
    /// The number of the first of them; 0 if none waits.
    var first: MessageNumber = 0
    /// The number of the last of them; 0 if none waits.
    var last: MessageNumber = 0
    /// True if the room holds more than were read.
    var hasMore = false

    /// Makes a backlog without messages.
    init() {}

    /// Counts messages.
    ///
    /// - Parameter numbers: the messages' numbers, in order.
    init(_ numbers: [MessageNumber], hasMore: Bool = false) {
        count = numbers.count
        first = numbers.first ?? 0
        last = numbers.last ?? 0
        self.hasMore = hasMore
    }
}
