import Chat
import MessageBus

extension ChatConnection {
    /// The person behind a connection that has a name.
    struct Participant {
        let name: Name
        let presence: Presence
        /// A copy of `presence.sender`, for quick access.
        let sender: Sender
        /// True if the name was given, not chosen.
        var isGuest = false

        /// Makes a participant from the presence of somebody who has entered.
        init(_ presence: Presence, isGuest: Bool = false) {
            name = Name(of: presence.sender)
            self.presence = presence
            sender = presence.sender
            self.isGuest = isGuest
        }

        /// True if the person is logged in to an account.
        var isLoggedIn: Bool { sender.account != nil }
    }
}
