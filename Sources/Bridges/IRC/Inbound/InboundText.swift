import MessageBus

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
    /// The server's time for the text; `nil` if the server gives none.
    let time: Timestamp?
    /// The instances of Puente that it has passed.
    let passed: [String]
}
