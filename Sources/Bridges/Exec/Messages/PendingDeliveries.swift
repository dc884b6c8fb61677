import MessageBus

/// The messages that were handed to a program and wait for its acknowledgement, in the order in
/// which they were handed over.
///
/// Owned by `ProgramSession`, under a lock.
struct PendingDeliveries {
    private struct Entry {
        let delivery: Delivery
        var isDone: Bool
        var number: MessageNumber { delivery.message.number }
    }

    /// A run of a room's messages that are done with.
    struct Done: Sendable {
        /// The last message of the run.
        let delivery: Delivery
        /// The messages whose names in the program's network are known.
        var named: [(delivery: Delivery, remote: String)] = []
    }

    /// The most messages that wait: no more are handed out until some are acknowledged.
    static let bound = 1_024

    /// The deliveries that were handed out, the oldest first, including those that the program is
    /// not given.
    private var entries: [Entry] = []
    /// The program's names for some of the messages, or for some that are done with.
    private var names: [(delivery: Delivery, remote: String)] = []

    /// True if no more may be handed out at present.
    var isFull: Bool { entries.count >= Self.bound }

    /// Adds a message that is handed out, or one that the program is not given, which waits only
    /// for those in front of it.
    mutating func append(_ delivery: Delivery, isGiven: Bool) {
        entries.append(Entry(delivery: delivery, isDone: !isGiven))
    }

    /// Marks the messages that the program acknowledges: all up to a number that were handed out
    /// before the message with that number.
    ///
    /// - Returns: false if the program has not been given that message, or has acknowledged it
    ///   before.
    mutating func acknowledge(_ number: MessageNumber, remote: String?) -> Bool {
        guard let place = entries.lastIndex(where: { $0.number == number && !$0.isDone }) else {
            return false
        }
        for index in 0...place where entries[index].number <= number {
            entries[index].isDone = true
        }
        if let remote { names.append((entries[place].delivery, remote)) }
        return true
    }

    /// Removes the messages that are done with, at the front of each room.
    mutating func removeDone() -> [Done] {
        var open: Set<String> = []
        var last: [String: Delivery] = [:]
        entries.removeAll { entry in
            let room = entry.delivery.message.room
            guard entry.isDone, !open.contains(room) else {
                open.insert(room)
                return false
            }
            last[room] = entry.delivery
            return true
        }
        return last.sorted { $0.key < $1.key }.map { room, delivery in
            let isPassed = { (name: (delivery: Delivery, remote: String)) in
                let message = name.delivery.message
                return message.room == room && message.number <= delivery.message.number
            }
            defer { names.removeAll(where: isPassed) }
            return Done(delivery: delivery, named: names.filter(isPassed))
        }
    }
}
