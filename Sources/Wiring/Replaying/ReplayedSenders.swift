import Locking
import MessageBus

/// Stored messages as the chains see new ones: with names that can be compared, and at the moment
/// when they came in.
///
/// Safe from any thread.
final class ReplayedSenders: Sendable {
    private struct Key: Hashable {
        let name: String
        let bridge: String
        let identity: UInt64
    }

    private let fold: @Sendable (String) -> String
    private let known = Locked<[Key: Sender]>([:])

    /// The most senders that are kept: followed files may have any number.
    private static let maxCount = 10_000

    /// Makes a table without senders.
    ///
    /// - Parameter fold: makes names comparable.
    init(fold: @escaping @Sendable (String) -> String) { self.fold = fold }

    /// Returns a stored message as it was when it came.
    func placed(_ message: Message) -> Message {
        var message = message
        message.author = sender(message.sender)
        // The clock that limits go by began with 1970, for a replay.
        message.uptime = message.header.time.milliseconds * 1_000_000
        message.header.flags.remove(.dropped)
        return message
    }

    private func sender(_ stored: Sender) -> Sender {
        let key = Key(name: stored.name, bridge: stored.bridge, identity: stored.identity)
        return known.withLock { known in
            if let sender = known[key] { return sender }
            if known.count >= Self.maxCount { known = [:] }
            let sender = Sender(
                name: stored.name, key: fold(stored.name), bridge: stored.bridge,
                identity: stored.identity, account: stored.account)
            known[key] = sender
            return sender
        }
    }
}
