/// The senders of a bridge's drafts, one for each identity and name, so that a message needs no new
/// one.
///
/// Owned by the attachment of the bridge.
struct KnownSenders {
    private var senders: [SenderKey: Sender] = [:]
    /// The sender that was last asked for: people say several things in a row, and two strings are
    /// compared in a tenth of the time in which they are hashed.
    private var last: (key: SenderKey, sender: Sender)?

    /// The most senders remembered; all are forgotten when there are more, so that a stream of new
    /// names does not grow the table for ever.
    static let maxCount = 10_000

    /// All senders that are remembered.
    var all: some Collection<Sender> { senders.values }

    /// Returns the sender that has a key; makes one if there is none.
    mutating func sender(for key: SenderKey, make: () -> Sender) -> Sender {
        if let last, last.key == key { return last.sender }
        let sender = senders[key] ?? add(make(), for: key)
        last = (key, sender)
        return sender
    }

    private mutating func add(_ sender: Sender, for key: SenderKey) -> Sender {
        if senders.count >= Self.maxCount { senders = [:] }
        senders[key] = sender
        return sender
    }
}
