import TimeUnits

/// The private messages to people of other instances for which no receipt has come yet.
struct PendingPrivateMessages: Sendable {
    /// A private message that is on its way.
    struct Entry: Sendable, Equatable {
        /// The number by which the other instance answers.
        let id: Int64
        /// The store of the receiver's instance.
        let store: String
        /// The sender and the receiver, by the names that everybody sees here.
        let sender: String
        let receiver: String
        /// The time until which there must be an answer.
        let deadline: MonotonicTime
    }

    /// The time within which the other instance has to answer.
    static let timeout: Duration = .seconds(10)
    /// The most messages that are waited for; a further one counts as unanswered soon.
    private static let bound = 4_096

    private var entries: [Entry] = []
    private var last: Int64 = 0

    /// Makes an empty list.
    init() {}

    /// Adds a message and returns its number.
    mutating func insert(
        to store: String, from sender: String, for receiver: String, now: MonotonicTime
    ) -> Int64 {
        last += 1
        if entries.count < Self.bound {
            entries.append(
                Entry(
                    id: last, store: store, sender: sender, receiver: receiver,
                    deadline: now + Self.timeout))
        }
        return last
    }

    /// Removes a message that its receiver's instance has answered.
    mutating func remove(_ id: Int64, of store: String) -> Entry? {
        let index = entries.firstIndex { $0.id == id && $0.store == store }
        return index.map { entries.remove(at: $0) }
    }

    /// Removes the messages that were not answered in time.
    mutating func removeLate(at now: MonotonicTime) -> [Entry] {
        let count = entries.prefix { $0.deadline <= now }.count
        defer { entries.removeFirst(count) }
        return Array(entries.prefix(count))
    }
}
