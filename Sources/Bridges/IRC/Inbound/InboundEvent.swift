import MessageBus

/// Something that happened on the network, in the order in which it is told to the rooms.
enum InboundEvent: Sendable {
    /// Somebody has said something in a channel.
    case said(InboundText)
    /// Somebody has come into a channel, or left it.
    case notice(Message.Kind, nick: String, identity: String, channel: String)
    /// Somebody has deleted a message.
    case deleted(remoteID: String, channel: String)
    /// The bridge has a sentence for rooms.
    case sentence(String, rooms: [String])
    /// The network has answered for the first time.
    case ready
    /// A checkpoint is to be kept.
    case checkpoint(Checkpoint)
}

/// A text that somebody has said in a channel.
struct InboundText: Sendable, Equatable {
    /// The channel, by the bus's name for it.
    let channel: String
    /// The author's nick.
    let nick: String
    /// The author's account, or nick!user@host.
    let identity: String
    /// The text, in one line or several, without formatting.
    var text: String
    /// True if it says what the author does (`/me`).
    let isAction: Bool
    /// The server's name for the message; `nil` if it gives none.
    let remoteID: String?
    /// The server's name for the message that it answers; `nil` if it answers none.
    let answered: String?
    /// The time at which the server had it; `nil` if it does not say.
    let time: Timestamp?
    /// The instances of Puente that it has passed.
    let passed: [String]
}
