import Chat
import MessageBus

/// Messages of the bus that go out as one message of Telegram's, or one that takes several.
struct MessageBatch {
    /// What is said in it, in order.
    var said: [Delivery] = []
    /// How many of those that wait it takes along, silent ones included.
    var consumed = 0
    /// What it answers, as Telegram calls it.
    var replyTo: String?
    private(set) var lines: [String] = []
    private var units = 0

    /// What is to be sent for it; nil if nothing is said in it.
    var sendPlan: SendPlan? {
        said.last.map {
            SendPlan(
                last: $0.message.number, parts: MessageComposer.parts(lines), replyTo: replyTo)
        }
    }

    /// Adds a message; returns false if there is no room for it.
    mutating func add(_ delivery: Delivery, _ lines: [String]) -> Bool {
        let more = lines.reduce(lines.count - 1) { $0 + $1.utf16.count }
        if !said.isEmpty, units + 1 + more > MessageComposer.longest { return false }
        units += said.isEmpty ? more : more + 1
        self.lines += lines
        said.append(delivery)
        return true
    }

    /// Whether nothing more fits.
    var isFull: Bool { replyTo != nil || units >= MessageComposer.longest }
}
