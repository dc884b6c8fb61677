import Chat
import MessageBus

// Accounts that speak for people of other networks.
extension ChatConnection {
    /// True if the connection speaks for others.
    var isRelay: Bool { role == .relay }

    /// Returns the sender for a person whom this connection speaks for.
    func relayed(_ name: Name) -> Sender? {
        guard let own = participant?.sender else { return nil }
        return relayedSenders.sender(name, by: own)
    }
}
