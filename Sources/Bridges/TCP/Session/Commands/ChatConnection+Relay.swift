import Chat
import MessageBus

// Accounts that speak for people of elsewhere.
extension ChatConnection {
    /// True if the connection speaks for others.
    var isRelay: Bool { role == .relay }

    /// Returns true if a sender's account speaks for others.
    func isRelay(_ sender: Sender, _ bus: isolated Bus) -> Bool {
        sender.account.flatMap { bus.accounts.account($0) }?.role == .relay
    }

    /// Returns the sender of somebody that this connection speaks for.
    func relayed(_ name: Name) -> Sender? {
        guard let own = participant?.sender else { return nil }
        return relayedSenders.sender(name, by: own)
    }
}

/// The people an account speaks for, of which the last thousand are remembered.
///
/// Confined to the bus's loop.
struct RelayedSenders {
    private var relay: Sender?
    private var senders: [String: Sender] = [:]

    /// Names remembered; all are forgotten when there are more.
    private static let maxCount = 1_000

    /// Returns the sender of somebody, the same one for the same name.
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
