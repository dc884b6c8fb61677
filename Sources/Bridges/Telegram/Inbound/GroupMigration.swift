import Chat
import MessageBus

/// A group that has become a supergroup.
struct GroupMigration: Sendable {
    let from: Int64
    let to: Int64

    /// The sentence for the log, which says what to do about it.
    var sentence: String {
        """
        the group \(from) has become the supergroup \(to); nothing is lost. Put "\(to)" into \
        "chats" in place of "\(from)"
        """
    }
}
