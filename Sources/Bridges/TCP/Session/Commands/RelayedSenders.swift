import Chat
import MessageBus

/// The people that an account speaks for, of whom up to a thousand are remembered.
///
/// Confined to the bus's loop.
struct RelayedSenders {
    private var relay: Sender?
    private var senders: [String: Sender] = [:]

    /// The most names that are remembered; when one more comes, all are forgotten.
    private static let maxCount = 1_000

    /// Returns the sender for a person, the same one for the same name.
    mutating func sender(_ name: Name, by relay: Sender) -> Sender {
        if self.relay !== relay || senders.count >= Self.maxCount {
            (self.relay, senders) = (relay, [:])
        }
        if let known = senders[name.text] { return known }
        let sender = Sender(name.text, relayedBy: relay) { NameFolding.key($0) }
        senders[name.text] = sender
        return sender
    }
}
