import Chat
import MessageBus

/// Messages of the bus that are sent to Telegram as one message, or one that takes several.
struct MessageBatch {
    /// The messages, in order.
    private(set) var deliveries: [Delivery] = []
    /// The number of queued messages that it covers, those that are not for Telegram included.
    var consumed = 0
    /// Telegram's name for the message that it answers.
    var replyTo: String?
    private var lines: [String] = []
    private var units = 0

    /// The plan by which the batch is sent; nil if it is empty.
    var sendPlan: SendPlan? {
        deliveries.last.map {
            SendPlan(
                last: $0.message.number, parts: TelegramComposer.parts(lines), replyTo: replyTo)
        }
    }

    /// True if nothing more fits.
    var isFull: Bool { replyTo != nil || units >= TelegramComposer.maxUnits }

    /// Appends a message; returns false if there is no room for it.
    mutating func append(_ delivery: Delivery, _ lines: [String]) -> Bool {
        let more = lines.reduce(lines.count - 1) { $0 + $1.utf16.count }
        if !deliveries.isEmpty, units + 1 + more > TelegramComposer.maxUnits { return false }
        units += deliveries.isEmpty ? more : more + 1
        self.lines += lines
        deliveries.append(delivery)
        return true
    }
}
